"""Cut documentation_search/data.parquet from its source package.

Needs: the Debian package python3.11-doc 3.11.2-6+deb12u9 unpacked; pip install numpy pandas scipy pyarrow.
Usage: python cut.py <unpacked _sources folder> <out folder>. Source hash (sha256, first 16): .deb 5b3594189d6ef9a6.

Debian package python3.11-doc (3.11.2-6+deb12u9; docs: PSF-2.0 licence, code samples also 0BSD) -> a small, honest search-ranking case.
REAL    : the documentation sections (text, headings, links) and the back-of-book index that the documentation authors wrote
          by hand (`.. index::` directives), plus the questions of the FAQ and the links its authors put into the answers.
DERIVED : query text = the index entry ("pair: packing; binary data" -> "packing binary data") or the FAQ question;
          relevance 2 = the section that carries the index entry / is linked from the answer, 1 = another section of the same page;
          candidates = top 40 sections of two plain BM25 rankings; all feature columns.  No user clicks exist in this data.
The `.. index::` blocks are cut out of the indexed text, otherwise the label leaks into BM25."""
import sys, re, glob, os, math, collections, hashlib
import numpy as np, pandas as pd, scipy.sparse as sp
SRC = sys.argv[1] if len(sys.argv) > 1 else '_sources'
OUT = sys.argv[2] if len(sys.argv) > 2 else '.'
TOP = ('library', 'reference', 'tutorial', 'howto', 'using', 'c-api', 'extending')
PUN = set('=-~^*"\'#+.:_`')
STOP = set('a an the of in to and or for is are be with on by as at from it its this that which do does how can i what why my you your not if there when using use'.split())

def is_rule(s): return len(s) >= 3 and len(set(s)) == 1 and s[0] in PUN
def sections(lines):
    """-> list of (line index, title, rule char) of headings"""
    out = []
    for i in range(1, len(lines)):
        t, r = lines[i - 1].rstrip(), lines[i].rstrip()
        if is_rule(r) and t and not is_rule(t) and len(r) >= len(t.strip()) and not lines[i - 1].startswith(' ') and (i < 2 or not lines[i - 2].strip() or is_rule(lines[i - 2].rstrip()) or lines[i-2].startswith('.. ')):
            start = i - 2 if i >= 2 and is_rule(lines[i - 2].rstrip()) else i - 1
            out.append((start, i, t.strip(), r[0] + ('o' if start == i - 2 else '')))
        elif is_rule(r) and t.startswith(' ') and i >= 2 and lines[i - 2].rstrip() == r:
            out.append((i - 2, i, t.strip(), r[0] + 'o'))
    return out
def plain(s):
    s = re.sub(r':[\w:+-]+:`!?~?([^`<]*?)\s*(?:<[^`>]*>)?`', lambda m: m.group(1), s)
    s = re.sub(r'``([^`]*)``', r'\1', s); s = re.sub(r'`([^`<]*?)\s*(?:<[^`>]*>)?`_?', r'\1', s)
    return s.replace('*', ' ').replace('|', ' ')
def stem(t):
    for suf in ('ing', 'ies', 'es', 'ed', 's'):
        if t.endswith(suf) and len(t) - len(suf) >= 3: return t[:-len(suf)] + ('y' if suf == 'ies' else '')
    return t
def toks(s):
    w = []
    for t in re.findall(r'[A-Za-z][A-Za-z0-9]*|__\w+__', re.sub(r'([a-z])([A-Z])', r'\1 \2', s.replace('_', ' '))):
        t = t.lower()
        if t not in STOP and len(t) > 1: w.append(stem(t))
    return w

docs, ents, labels, defs, links, faq = [], [], {}, {}, collections.Counter(), []
rawlinks = []
for f in sorted(glob.glob(SRC + '/**/*.rst.txt', recursive=True)):
    page = os.path.relpath(f, SRC)[:-8]; top = page.split('/')[0]
    lines = open(f, encoding='utf8').read().split('\n'); heads = sections(lines)
    if top == 'faq':
        for k, (st, r, title, ch) in enumerate(heads):
            end = heads[k + 1][0] if k + 1 < len(heads) else len(lines)
            if title.endswith('?'): faq.append((page, title, '\n'.join(lines[r + 1:end])))
        continue
    if top not in TOP or page.endswith('/index') or not heads: continue
    bounds = [(st, r, t, ch) for st, r, t, ch in heads]; order = []
    for *_, ch in bounds:
        if ch not in order: order.append(ch)
    path = {}
    # which section does every line belong to (directives right above a heading belong to that heading)
    sec_of = np.zeros(len(lines), int); cur = 0
    for k, (st, r, t, ch) in enumerate(bounds):
        end = bounds[k + 1][0] if k + 1 < len(bounds) else len(lines); sec_of[st:end] = k
    drop = set()
    i = 0
    while i < len(lines):
        m = re.match(r'^(\s*)\.\. index::(.*)$', lines[i])
        if m:
            ind = len(m.group(1)); b = [m.group(2).strip()] if m.group(2).strip() else []; j = i + 1
            while j < len(lines) and lines[j].strip() and len(lines[j]) - len(lines[j].lstrip()) > ind: b.append(lines[j].strip()); j += 1
            drop.update(range(i, j)); k = j
            while k < len(lines) and (not lines[k].strip() or lines[k].startswith('.. _') or lines[k].startswith('.. index') or lines[k].startswith('   single:') or lines[k].startswith('   pair:')): k += 1
            s = sec_of[min(k, len(lines) - 1)] if k < len(lines) and any(st == k for st, *_ in bounds) else sec_of[i]
            for x in b: ents.append((page, int(s), x))
            i = j; continue
        m = re.match(r'^\.\. _([^:]+):\s*$', lines[i])
        if m:
            k = i
            while k < len(lines) and (not lines[k].strip() or lines[k].startswith('.. ')): k += 1
            labels[m.group(1).strip().lower()] = (page, int(sec_of[min(k, len(lines) - 1)])); drop.add(i)
        m = re.match(r'^\s*\.\. (?:c:|py:)?(module|function|class|method|classmethod|staticmethod|attribute|data|exception|macro|type|member|var|decorator|opcode|option|envvar)::\s*(.+)$', lines[i])
        if m: 
            for nm in re.split(r',\s+', re.sub(r'\(.*', '', m.group(2))): defs.setdefault(nm.split()[-1].strip() if nm.split() else '', (page, int(sec_of[i])))
        if re.match(r'^\s*:(synopsis|platform|deprecated|noindex|module|tocdepth):', lines[i]) or re.match(r'^\s*\.\. (moduleauthor|sectionauthor|versionadded|versionchanged|deprecated|toctree|currentmodule|highlight|contents|only|testsetup|testcode)::', lines[i]): drop.add(i)
        i += 1
    for k, (st, r, t, ch) in enumerate(bounds):
        lvl = order.index(ch); path[lvl] = plain(t)
        end = bounds[k + 1][0] if k + 1 < len(bounds) else len(lines)
        raw = '\n'.join(lines[j] for j in range(r + 1, end) if j not in drop)
        rawlinks += [((page, k), x) for x in re.findall(r':(?:ref|mod|func|class|meth|keyword|doc|exc|attr|data|term|option|c:func|c:type):`([^`]+)`', raw)]
        docs.append(dict(page=page, sec=k, level=lvl, title=plain(t), page_title=path[0], area=top, text=re.sub(r'\s+', ' ', plain(raw)).strip(), n_code=raw.count('>>>') + raw.count('::\n'), n_defs=len(re.findall(r'^\.\. (?:c:)?(?:function|class|data|exception|method)::', raw, re.M))))
D = pd.DataFrame(docs); key = {(p, s): i for i, (p, s) in enumerate(zip(D.page, D.sec))}
pages = {p: g.index.to_numpy() for p, g in D.groupby('page')}
def target(x):
    x = (re.search(r'<([^>]+)>', x).group(1) if '<' in x and '>' in x else x).strip().lstrip('!~').rstrip('()')
    if x.lower() in labels: return labels[x.lower()]
    if x in defs: return defs[x]
    if '.' in x and x.split('.')[-1] in defs and x.rsplit('.', 1)[0] in defs: return defs[x.split('.')[-1]]
    q = x.lstrip('/')
    return (q, 0) if q in pages else None
inl = np.zeros(len(D)); inpage = collections.Counter()
for (p, s), x in rawlinks:
    t = target(x)
    if t and t in key and t[0] != p: inl[key[t]] += 1; inpage[t[0]] += 1
D['inlinks'] = inl.astype(int); D['page_inlinks'] = [inpage[p] for p in D.page]

# ---- queries and relevance
Q = {}
def add(text, kind, page, sec):
    text = re.sub(r'\s+', ' ', text).strip()
    if (page, sec) not in key: return
    q = Q.setdefault(text.lower(), dict(text=text, kind=kind, rel=set())); q['rel'].add(key[(page, sec)])
for page, s, x in ents:
    x = x.lstrip('! ')
    m = re.match(r'^(single|pair|triple|module|keyword|operator|object|exception|statement|builtin)\s*:\s*(.*)$', x)
    kind0, rest = (m.group(1), m.group(2)) if m else ('single', x)
    if not m and ',' in rest:
        for y in rest.split(','): add(y.strip(), 'concept', page, s)
        continue
    parts = [y.strip() for y in rest.lstrip('! ').split(';')]
    t = ' '.join(parts) if kind0 in ('single', 'pair', 'triple') else parts[0] + ' ' + kind0
    words = re.findall(r'[A-Za-z]{3,}', t)
    if not words: continue
    api = bool(re.search(r'\(\)|_\w|\w\.\w|[a-z][A-Z]|^Py', t)); sym = bool(re.match(r'^[^A-Za-z]', t)) and not t.startswith('__')
    add(t, 'symbol' if sym else 'api' if api else 'concept', page, s)
for page, title, ans in faq:
    if 'www' in title.lower(): pass
    for x in re.findall(r':(?:ref|mod|func|class|meth|keyword|doc|exc|attr|c:func):`([^`]+)`', ans):
        t = target(x)
        if t and t in key: add(title, 'question', *t)
qs = pd.DataFrame([dict(query=v['text'], kind=v['kind'], rel=sorted(v['rel'])) for v in Q.values() if toks(v['text'])])
qs['page_set'] = [[D.page[i] for i in r] for r in qs.rel]

# ---- BM25 fields
vocab = {}
def mat(texts):
    r, c, v = [], [], []
    for i, s in enumerate(texts):
        for t, n in collections.Counter(toks(s)).items(): r.append(i); c.append(vocab.setdefault(t, len(vocab))); v.append(n)
    return r, c, v
fields = {'body': D.text, 'title': D.title, 'page_title': D.page_title}
tri = {k: mat(v) for k, v in fields.items()}; qtri = mat(qs['query'])
V = len(vocab)
def bm25(tr, n, k1=1.2, b=.75):
    M = sp.csr_matrix((tr[2], (tr[0], tr[1])), shape=(n, V), dtype=float); L = np.asarray(M.sum(1)).ravel(); df = np.asarray((M > 0).sum(0)).ravel()
    idf = np.log(1 + (n - df + .5) / (df + .5)); M = M.tocoo(); w = idf[M.col] * M.data * (k1 + 1) / (M.data + k1 * (1 - b + b * L[M.row] / max(L.mean(), 1e-9)))
    return sp.csr_matrix((w, (M.row, M.col)), shape=(n, V)), idf, L
QM = sp.csr_matrix((np.ones(len(qtri[0])), (qtri[0], qtri[1])), shape=(len(qs), V))
S, idfs = {}, {}
for k in fields:
    W, idf, L = bm25(tri[k], len(D)); S[k] = (QM @ W.T).tocsr(); idfs[k] = idf
    if k == 'body': nwords = L; BIN = (W > 0)
lower_t, lower_x, lower_p = [s.lower() for s in D.title], [s.lower() for s in D.text], [s.lower() for s in D.page_title]
rows = []; recall = []
for qi in range(len(qs)):
    sb, st, spg = (S[k].getrow(qi).toarray().ravel() for k in ('body', 'title', 'page_title'))
    if (sb + st).max() <= 0: recall.append((0, len(qs.rel[qi]))); continue
    a = np.argsort(-(sb + 1e-9 * np.arange(len(sb))[::-1]), kind='stable')[:30]; b_ = np.argsort(-(sb + 1.5 * st + spg), kind='stable')[:30]
    cand = list(dict.fromkeys([*b_, *a]))[:40]; cand = [c for c in cand if sb[c] + st[c] + spg[c] > 0]
    rel = set(qs.rel[qi]); pg = set(qs.page_set[qi]); qt = set(toks(qs['query'][qi])); phrase = re.sub(r'\s*\(.*?\)', '', qs['query'][qi]).strip().lower()
    recall.append((len(rel & set(cand)), len(rel)))
    qidx = [vocab[t] for t in qt]; tot = idfs['body'][qidx].sum()
    g = []
    for c in cand:
        has = np.asarray(BIN[c, qidx].todense()).ravel(); tt = set(toks(D.title[c])); pt = set(toks(D.page_title[c]))
        x = lower_x[c].find(phrase) if phrase else -1
        g.append(dict(query_id=qi, doc_id=int(c), relevance=2 if c in rel else 1 if D.page[c] in pg else 0, bm25_body=sb[c], bm25_title=st[c], bm25_page_title=spg[c],
             body_coverage=float((idfs['body'][qidx] * has).sum() / max(tot, 1e-9)), title_coverage=len(qt & tt) / len(qt), title_precision=len(qt & tt) / max(len(tt), 1), page_title_coverage=len(qt & pt) / len(qt),
             phrase_in_title=int(phrase in lower_t[c]), phrase_in_body=int(x >= 0), phrase_position=(x / max(len(lower_x[c]), 1)) if x >= 0 else 1.0, phrase_count=min(lower_x[c].count(phrase), 50) if phrase else 0,
             query_terms=len(qt), query_idf=float(tot / len(qt)), doc_words=int(nwords[c]), doc_level=int(D.level[c]), doc_code_blocks=int(D.n_code[c]), doc_definitions=int(D.n_defs[c]), doc_inlinks=int(D.inlinks[c]), page_inlinks=int(D.page_inlinks[c]), area=D.area[c]))
    rb = pd.Series([x['bm25_body'] for x in g]).rank(ascending=False, method='first')
    for x, k in zip(g, rb): x['bm25_body_rank'] = int(k)
    rows += g
C = pd.DataFrame(rows)
ok = C[C.relevance == 2].query_id.unique(); C = C[C.query_id.isin(ok)].copy()
rec = np.array(recall); print('docs', len(D), 'pages', D.page.nunique(), 'queries', len(qs), qs.kind.value_counts().to_dict(), 'candidate recall', rec[:, 0].sum() / rec[:, 1].sum(), 'queries with a hit', len(ok))
qs['has_candidate'] = qs.index.isin(ok)
# two splits on purpose: the first lets the ranker memorise which pages are heavily indexed
H = lambda q: int(hashlib.sha1(q.lower().encode()).hexdigest(), 16) % 10
qs['answer_page'] = [p[0] for p in qs.page_set]
qs['split_by_query'] = ['test' if H(q) < 3 else 'train' for q in qs['query']]          # the tempting split
qs['split_by_page'] = ['test' if H(p) < 3 else 'train' for p in qs.answer_page]        # the honest one: unseen pages
qs.insert(0, 'query_id', qs.index); D.insert(0, 'doc_id', D.index)
C['area'] = C.area.astype('category')
for c in C.select_dtypes('float64'): C[c] = C[c].astype('float32').round(4)
for c in C.select_dtypes('int64'): C[c] = C[c].astype('int32')
D['snippet'] = D.text.str.slice(0, 240); D['n_words'] = nwords.astype(int)
C.to_parquet(f'{OUT}/pydocs_candidates.parquet', compression='zstd', index=False)
qs[['query_id', 'query', 'kind', 'answer_page', 'split_by_query', 'split_by_page', 'has_candidate']].to_parquet(f'{OUT}/pydocs_queries.parquet', compression='zstd', index=False)
D[['doc_id', 'page', 'title', 'page_title', 'area', 'level', 'n_words', 'inlinks', 'snippet']].to_parquet(f'{OUT}/pydocs_sections.parquet', compression='zstd', index=False)
print('candidates', C.shape, 'pos2', (C.relevance == 2).mean().round(4), 'per query', C.groupby('query_id').size().describe().round(1).to_dict())

# ---- one table: the search, its kind and the page of its answer beside every candidate
D = C.merge(qs[['query_id', 'query', 'kind', 'answer_page']], on='query_id', how='left')
for n in ('query', 'kind', 'answer_page', 'area'): D[n] = D[n].astype(object).astype('category')
for n in D.select_dtypes('int32'): D[n] = pd.to_numeric(D[n], downcast='integer')
first = ['query_id', 'query', 'kind', 'answer_page', 'doc_id', 'area']
D = D[first + [x for x in D.columns if x not in (*first, 'relevance')] + ['relevance']]
D.to_parquet(f'{OUT}/data.parquet', compression='zstd', index=False)
