//! All that generated code may call. Not for anything else: it changes with every release.
