//! Agents that `macro_rules!` writes: names, types, expressions and literals come from outside.

use alphora::Agent;
use alphora::prelude::*;

macro_rules! agents {
    ($($(#[$attribute:meta])* $name:ident { $($field:ident: $ty:ty),* } on $path:literal every $ttl:expr => $method:ident($request:ident: $request_ty:ty) -> $output:ty $body:block)*) => {
        $(
            $(#[$attribute])*
            #[agent]
            struct $name {
                $($field: $ty,)*
                #[agent(stream)]
                stream: DataStreamer,
            }

            #[agent(path = $path, timeout = $ttl, method = $method)]
            impl $name {
                async fn $method(&self, $request: $request_ty) -> $output $body
            }
        )*
    };
}

const MINUTE: u64 = 60;

agents! {
    #[derive(Debug)]
    One { name: String } on "/one" every 5 * MINUTE => run(request: OpenAIRequest) -> String { request.get_user_query().into() }
    Two {} on "/two" every 7 => chat(_request: OpenAIRequest) -> alphora::Result { Ok(()) }
}

// A macro that writes the whole of an agent.
macro_rules! constant {
    ($name:ident, $answer:expr) => {
        #[agent]
        struct $name;

        #[agent]
        impl $name {
            async fn run(&self, request: OpenAIRequest) -> String {
                drop(request);
                $answer
            }
        }
    };
}

constant!(Yes, "yes".to_owned());
constant!(No, "no".to_owned());

fn main() {
    assert_eq!(One::DESCRIPTION.options.path, Some("/one"));
    assert_eq!(One::DESCRIPTION.options.timeout, Some(300));
    assert_eq!(Two::DESCRIPTION.endpoints[0].method, "chat");
    let _ = (OneConfig::default(), TwoConfig::default(), YesConfig::default());
    let _ = One { name: String::new(), stream: DataStreamer::capture() }.stream;
    drop(alphora::publish(One::new("x".into())).and(Two::new()).and(Yes).and(No));
}
