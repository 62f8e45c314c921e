//! The docs page: static files, nothing inline, nothing from another host.

/// One file of the page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PageFile {
    /// The route that answers with it.
    pub(crate) path: &'static str,
    /// Its `content-type`.
    pub(crate) content_type: &'static str,
    /// What is in it.
    pub(crate) body: &'static str,
}

/// Every file of the page, the page itself first. It finds the others and the document relative to its own address,
/// so that it works under any prefix. All of them are to be served with [`CONTENT_SECURITY_POLICY`].
pub(crate) const PAGE_FILES: [PageFile; 4] = [
    PageFile {
        path: "/docs",
        content_type: "text/html; charset=utf-8",
        body: include_str!("page/docs.html"),
    },
    PageFile {
        path: "/docs/script.js",
        content_type: "text/javascript; charset=utf-8",
        body: include_str!("page/script.js"),
    },
    PageFile {
        path: "/docs/try.js",
        content_type: "text/javascript; charset=utf-8",
        body: include_str!("page/try.js"),
    },
    PageFile {
        path: "/docs/style.css",
        content_type: "text/css; charset=utf-8",
        body: include_str!("page/style.css"),
    },
];

/// What a browser lets the page do: load its own files, and ask its own server. The image is the icon, which is empty;
/// and no text is ever made markup or code, whatever the page's scripts try.
pub(crate) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'; trusted-types 'none'";
