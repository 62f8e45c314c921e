//! What a library exports: agents in modules, documented, with private parts.

#![deny(warnings, missing_docs, unreachable_pub)]

/// Agents.
pub mod agents {
    use alphora::prelude::*;

    #[derive(Clone)]
    struct Client;

    /// Translates.
    #[agent]
    pub struct Translator {
        client: Client,
        /// The language to translate into.
        pub language: String,
        #[agent(stream)]
        stream: DataStreamer,
    }

    #[agent(path = "/translate")]
    impl Translator {
        /// Into `language`.
        pub fn into(language: &str) -> Self {
            Self::new(Client, language.to_owned())
        }

        /// Answers.
        pub async fn run(&mut self, _: OpenAIRequest) -> alphora::Result {
            let Client = self.client;
            self.stream.text(&self.language).await
        }
    }
}

fn main() {
    let config = agents::TranslatorConfig::default();
    drop(alphora::publish(agents::Translator::into("zh")).config(config));
}
