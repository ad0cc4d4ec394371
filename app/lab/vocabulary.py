"""What a rule may be made of; whatever is not listed here is refused.

A list of what is allowed stays safe when the database learns new functions. Left out on purpose:
what reads the clock, chance, files or settings, and what makes a long text or list out of a short
one.
"""

from __future__ import annotations

# Kinds of parts in a parsed expression.
PARTS = frozenset(
    ("BETWEEN", "CASE", "CAST", "COLUMN_REF", "COMPARISON", "CONJUNCTION", "CONSTANT")
    + ("FUNCTION", "OPERATOR", "TYPE")
)
PART_WORDS = {
    "LAMBDA": "a function of its own (->)",
    "PARAMETER": "a parameter",
    "POSITIONAL_REFERENCE": "a column by number (#)",
    "STAR": "a star",
    "SUBQUERY": "a query inside the rule",
    "WINDOW": "a window over other rows",
}

OPERATORS = frozenset(
    ("COMPARE_IN", "COMPARE_NOT_IN", "OPERATOR_COALESCE", "OPERATOR_IS_NOT_NULL")
    + ("OPERATOR_IS_NULL", "OPERATOR_NOT", "OPERATOR_NULLIF", "OPERATOR_TRY")
)

TYPES = frozenset(
    ("BOOLEAN", "BOOL", "TINYINT", "SMALLINT", "INTEGER", "INT", "BIGINT", "HUGEINT", "UTINYINT")
    + ("USMALLINT", "UINTEGER", "UBIGINT", "FLOAT", "REAL", "DOUBLE", "DECIMAL", "NUMERIC")
    + ("VARCHAR", "TEXT", "STRING", "DATE", "TIME", "TIMESTAMP", "DATETIME", "INTERVAL")
)

SIGNS = frozenset(
    ("+", "-", "*", "/", "//", "%", "**", "^", "@", "&", "|", "<<", ">>", "||", "^@")
    + ("~~", "!~~", "~~*", "!~~*")
)
NUMBERS = frozenset(
    ("abs", "ceil", "ceiling", "floor", "round", "trunc", "sign", "even", "greatest", "least")
    + ("mod", "fmod", "fdiv", "pow", "power", "exp", "ln", "log", "log10", "log2", "sqrt", "cbrt")
    + ("sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "pi")
    + ("degrees", "radians", "isnan", "isinf", "isfinite", "nullif", "if", "xor", "gcd", "lcm")
)
TEXTS = frozenset(
    ("lower", "upper", "lcase", "ucase", "trim", "ltrim", "rtrim", "length", "len", "strlen")
    + ("char_length", "left", "right", "substr", "substring", "split_part", "reverse", "concat")
    + ("contains", "starts_with", "ends_with", "prefix", "suffix", "instr", "strpos", "position")
    + ("like_escape", "ilike_escape", "not_like_escape", "not_ilike_escape", "strip_accents")
    + ("regexp_matches", "regexp_full_match", "regexp_extract")
)
DATES = frozenset(
    ("year", "quarter", "month", "week", "weekofyear", "day", "dayofmonth", "dayofweek", "isodow")
    + ("dayofyear", "hour", "minute", "second", "epoch", "dayname", "monthname", "last_day")
    + ("date_part", "datepart", "date_trunc", "datetrunc", "date_diff", "datediff", "date_sub")
    + ("datesub", "date_add", "make_date", "make_time", "make_timestamp", "strftime")
    + ("to_years", "to_quarters", "to_months", "to_weeks", "to_days", "to_hours")
    + ("to_minutes", "to_seconds")
)
# Several columns of the same row, as in  list_avg([first, second]).
LISTS = frozenset(
    ("list_value", "list_sum", "list_avg", "list_min", "list_max", "list_median", "list_contains")
)
FUNCTIONS = SIGNS | NUMBERS | TEXTS | DATES | LISTS

# Named apart only so that the refusal can say why.
OVER_ROWS = frozenset(
    ("any_value", "arg_max", "arg_min", "array_agg", "avg", "bool_and", "bool_or", "count")
    + ("count_star", "first", "last", "list", "max", "mean", "median", "min", "mode", "product")
    + ("quantile", "quantile_cont", "quantile_disc", "stddev", "stddev_pop", "stddev_samp")
    + ("string_agg", "sum", "var_pop", "var_samp", "variance")
)
CHANGING = frozenset(
    ("age", "current_date", "current_localtime", "current_localtimestamp", "current_timestamp")
    + ("gen_random_uuid", "get_current_time", "get_current_timestamp", "localtime")
    + ("localtimestamp", "now", "random", "setseed", "today", "transaction_timestamp", "uuid")
)
