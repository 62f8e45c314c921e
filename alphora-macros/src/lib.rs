//! The entry points, one line each; documented at the facade.
