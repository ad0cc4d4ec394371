"""What each look shows at a minute of a drill: pictures first, only what is known by then."""
