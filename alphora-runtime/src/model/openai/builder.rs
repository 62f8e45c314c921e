//! How a client for a model server is made.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};

use super::address::Address;
use super::clocks::Clocks;
use super::completions::{Completions, Peer};
use super::dialect::Known;
use super::retry::{Budget, RetryPolicy};
use super::transport;
use crate::error::{Error, ErrorKind, Result};
use crate::model::think::ThinkTags;
use crate::model::{ChatOptions, OpenAILike};
use crate::secret::{Redaction, Secret};

/// Makes an [`OpenAILike`] for a model server. Every setting but [`model_name`](Self::model_name) has a default.
///
/// ```
/// use std::time::Duration;
///
/// use alphora_runtime::model::OpenAILike;
///
/// let llm = OpenAILike::builder()
///     .base_url("http://127.0.0.1:8080/v1")
///     .model_name("qwen3")
///     .temperature(0.2)
///     .first_token_timeout(Duration::from_secs(30))
///     .build()?;
/// assert_eq!(llm.model_name(), "qwen3");
/// # Ok::<(), alphora_runtime::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until it is built"]
pub struct OpenAILikeBuilder {
    base_url: Secret,
    /// What the user calls the base URL and the model: options, or the variables that they came from.
    pub(super) names: (&'static str, &'static str),
    model_name: String,
    api_key: Option<Secret>,
    headers: Vec<(String, Secret)>,
    options: ChatOptions,
    clocks: Clocks,
    policy: RetryPolicy,
    proxy_from_env: bool,
    think_tags: ThinkTags,
    stream_usage: bool,
}

impl OpenAILike {
    /// A client for a model server, under construction.
    pub fn builder() -> OpenAILikeBuilder {
        OpenAILikeBuilder::default()
    }
}

impl Default for OpenAILikeBuilder {
    fn default() -> Self {
        Self {
            base_url: Secret::new("https://api.openai.com/v1"),
            names: ("`base_url`", "`model_name`"),
            model_name: String::new(),
            api_key: None,
            headers: Vec::new(),
            options: ChatOptions::default(),
            clocks: Clocks::default(),
            policy: RetryPolicy::default(),
            proxy_from_env: false,
            think_tags: ThinkTags::Looked,
            stream_usage: true,
        }
    }
}

impl OpenAILikeBuilder {
    /// Where the server is, without `/chat/completions`. Default: `https://api.openai.com/v1`.
    pub fn base_url(mut self, url: impl AsRef<str>) -> Self {
        self.base_url = Secret::new(url.as_ref());
        self
    }

    /// Which model is asked for. There is no default.
    pub fn model_name(mut self, name: impl Into<String>) -> Self {
        self.model_name = name.into();
        self
    }

    /// The key that is sent as `Authorization: Bearer ..`. Default: none, which is what local servers want.
    ///
    /// It is never printed: neither by `Debug` nor in an error, nor where a server repeats it in its own error.
    pub fn api_key(mut self, key: impl AsRef<str>) -> Self {
        self.api_key = Some(Secret::new(key.as_ref())).filter(|key| !key.reveal().is_empty());
        self
    }

    /// The organization that pays, sent as `OpenAI-Organization`.
    pub fn organization(self, organization: impl AsRef<str>) -> Self {
        self.header("openai-organization", organization)
    }

    /// Another header of every request, in the place of one of the same name. Its value is kept as secret as a key.
    pub fn header(mut self, name: impl Into<String>, value: impl AsRef<str>) -> Self {
        self.headers.push((name.into(), Secret::new(value.as_ref())));
        self
    }

    /// Randomness for every call that says nothing else, 0 to 2.
    pub fn temperature(mut self, temperature: f64) -> Self {
        self.options.temperature = Some(temperature);
        self
    }

    /// The share of likely tokens to choose from, 0 to 1, for every call that says nothing else.
    pub fn top_p(mut self, share: f64) -> Self {
        self.options.top_p = Some(share);
        self
    }

    /// The longest answer, in tokens, for every call that says nothing else.
    ///
    /// It is sent as `max_tokens`, and to a model whose server asks for `max_completion_tokens` instead, as that.
    pub fn max_tokens(mut self, tokens: u64) -> Self {
        self.options.max_tokens = Some(tokens);
        self
    }

    /// Options for every call that says nothing else; what this builder was told before wins.
    #[expect(clippy::needless_pass_by_value, reason = "a builder takes what it is told")]
    pub fn options(mut self, options: ChatOptions) -> Self {
        self.options = self.options.or(&options);
        self
    }

    /// How long a connection may take to be made. Default: 10 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.clocks.connect = timeout;
        self
    }

    /// How long an attempt may take until its first piece of text, thinking or tool call. Default: 120 s.
    ///
    /// Comments of the server, which only say that it is there, do not stop this clock.
    pub fn first_token_timeout(mut self, timeout: Duration) -> Self {
        self.clocks.first_token = timeout;
        self
    }

    /// How long a server may send nothing after its first token. Default: 60 s.
    ///
    /// Any byte counts, comments too. The time between two readings of the caller does not count.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.clocks.idle = timeout;
        self
    }

    /// How long a call may take, with its retries, and with the time in which the caller reads. Default: 300 s.
    pub fn total_timeout(mut self, timeout: Duration) -> Self {
        self.clocks.total = timeout;
        self
    }

    /// When a call is tried again. Default: twice, only before its first token; see [`RetryPolicy`].
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// Whether the proxies that the environment names (`HTTPS_PROXY` and its kin) are used. Default: no, so that
    /// nothing but what is written here decides where the key goes.
    pub fn proxy_from_env(mut self, proxy: bool) -> Self {
        self.proxy_from_env = proxy;
        self
    }

    /// Whether text that begins with `<think>` is taken for thinking up to `</think>`. Default: yes.
    pub fn think_tags(mut self, tags: bool) -> Self {
        self.think_tags = if tags { ThinkTags::Looked } else { ThinkTags::Ignored };
        self
    }

    /// Whether answers begin in the middle of thinking, so that only `</think>` comes: for models whose prompt
    /// template ends with `<think>`, at servers that do not part the thinking themselves. Default: no.
    ///
    /// An answer without `</think>` is all thinking then.
    pub fn begins_in_thinking(mut self, begins: bool) -> Self {
        self.think_tags = match self.think_tags {
            _ if begins => ThinkTags::Begun,
            ThinkTags::Begun => ThinkTags::Looked,
            as_it_is => as_it_is,
        };
        self
    }

    /// Whether servers are asked for the tokens of an answer, by `stream_options`. Default: yes.
    ///
    /// A server that refuses the field is asked again at once without it, once a call, and after it has answered so
    /// never with it. Calls that are under way at that moment ask twice each, whatever the retries are.
    pub fn stream_usage(mut self, usage: bool) -> Self {
        self.stream_usage = usage;
        self
    }

    /// The client.
    ///
    /// # Errors
    /// Of kind [`ErrorKind::InvalidArgument`]: there is no model name, the base URL is no HTTP URL or says more than
    /// where the server is, a header cannot be sent, or a timeout is zero.
    pub fn build(self) -> Result<OpenAILike> {
        self.check()?;
        let address = Address::under(self.base_url.reveal(), self.names.0)?;
        let client = transport::client(address.is_https(), self.proxy_from_env, self.clocks.connect)?;
        let keys = address.keys(&self.model_name);
        let secrets = self.headers.iter().map(|(_, value)| value).chain(&self.api_key).chain(&keys);
        let peer = Peer {
            model: self.model_name.clone(),
            origin: address.origin(),
            redaction: Redaction::of(secrets),
            clocks: self.clocks,
            think_tags: self.think_tags,
        };
        let model = Completions {
            client,
            address,
            headers: self.sent_headers()?,
            policy: self.policy,
            own_budget: self.policy.own_budget.then(Budget::new),
            dialect: Known::new(self.stream_usage),
            peer: Arc::new(peer),
        };
        Ok(OpenAILike::from_model(model).with_options(self.options))
    }

    fn check(&self) -> Result {
        if self.model_name.trim().is_empty() {
            let message = format!("no model is named: set {} to a model of the server", self.names.1);
            return Err(Error::new(ErrorKind::InvalidArgument, message));
        }
        let Clocks { connect, first_token, idle, total } = self.clocks;
        for (option, timeout) in [
            ("connect_timeout", connect),
            ("first_token_timeout", first_token),
            ("idle_timeout", idle),
            ("total_timeout", total),
        ] {
            if timeout.is_zero() {
                let message =
                    format!("`{option}` is zero, which no answer can keep: give it at least a second");
                return Err(Error::new(ErrorKind::InvalidArgument, message));
            }
        }
        Ok(())
    }

    fn sent_headers(&self) -> Result<HeaderMap> {
        let mut sent = HeaderMap::new();
        sent.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        sent.insert(ACCEPT, HeaderValue::from_static("text/event-stream, application/json"));
        if let Some(key) = &self.api_key {
            let bearer = Secret::new(&format!("Bearer {}", key.reveal()));
            sent.insert(AUTHORIZATION, header_value("the value of `api_key`", &bearer)?);
        }
        for (name, value) in &self.headers {
            let known = HeaderName::try_from(name).map_err(|_| {
                let message = format!("`{name}` is no name of a header: use letters, digits and `-`");
                Error::new(ErrorKind::InvalidArgument, message)
            })?;
            sent.insert(known, header_value(&format!("the value of the header `{name}`"), value)?);
        }
        Ok(sent)
    }

    #[cfg(test)]
    pub(super) fn revealed_key(&self) -> Option<&str> {
        self.api_key.as_ref().map(Secret::reveal)
    }
}

/// The words of its error do not repeat the value.
fn header_value(what: &str, secret: &Secret) -> Result<HeaderValue> {
    let mut value = HeaderValue::from_str(secret.reveal()).map_err(|_| {
        let message = format!("{what} cannot be sent: use printable ASCII characters, without line feeds");
        Error::new(ErrorKind::InvalidArgument, message)
    })?;
    value.set_sensitive(true);
    Ok(value)
}
