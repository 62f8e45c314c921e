// The expansion of input/renamed.rs, written by ALPHORA_EXPAND=overwrite.

struct Support {
    name: String,
    stream: DataStreamer,
}
#[allow(dead_code, private_interfaces, unused_imports, clippy::too_many_arguments)]
#[allow(clippy::new_without_default, deprecated)]
const _: () = {
    use ::house::__private as __rt;
    use __rt::Lenient as _;
    #[automatically_derived]
    impl Support {
        /// An agent with these shared fields. Its marked fields are empty until a request binds them.
        #[must_use]
        pub fn new(name: String) -> Self {
            Self {
                name,
                stream: __rt::detached::<Self>(),
            }
        }
    }
    #[automatically_derived]
    impl __rt::Fields for Support {
        type Memory = __rt::Unmarked;
        type Stream = DataStreamer;
    }
    #[automatically_derived]
    impl __rt::AgentState for Support
    where
        for<'__a> String: __rt::Shared<'__a>,
    {
        type Memory = ();
        fn bind(&mut self, _: Self::Memory, __stream: __rt::DataStreamer) {
            __rt::Judge::<String>::__bind(&mut self.name, &__stream);
            self.stream = __rt::attach::<Self>(&__stream);
        }
    }
    #[automatically_derived]
    impl __rt::Fresh for Support
    where
        for<'__a> Self: __rt::Servable<'__a>,
        for<'__a> String: __rt::FreshField<'__a>,
    {
        fn fresh(&self) -> Self {
            Self {
                name: <_ as __rt::Copies<
                    String,
                >>::copy(__rt::Judge::<String>::__field(), &self.name),
                stream: __rt::detached::<Self>(),
            }
        }
    }
};
#[allow(clippy::unused_async)]
impl Support {
    async fn run(&self, request: OpenAIRequest) -> String {
        self.name.clone()
    }
}
///The options of `Support`. `Default` is what its `#[agent(..)]` says.
#[allow(dead_code)]
pub type SupportConfig = ::house::__private::AgentConfig<Support>;
#[allow(dead_code, private_interfaces, unused_imports, clippy::too_many_arguments)]
#[allow(clippy::new_without_default, deprecated)]
const _: () = {
    use ::house::__private as __rt;
    use __rt::Lenient as _;
    #[automatically_derived]
    impl __rt::Agent for Support
    where
        for<'__a> Self: __rt::Later<'__a>,
    {
        const DESCRIPTION: &'static __rt::Description = &__rt::Description {
            agent: "Support",
            options: __rt::Options {
                path: ::core::option::Option::Some("/a"),
                ..__rt::Options::NONE
            },
            endpoints: &[__rt::EndpointDescription::new("run", __rt::Options::NONE)],
        };
        async fn call(
            __instance: &mut __rt::Instance<Self>,
            _: ::core::primitive::usize,
            __request: __rt::OpenAIRequest,
            __out: __rt::DataStreamer,
        ) -> ::core::result::Result<(), __rt::AgentError> {
            let __reply = __rt::sendable(
                    Self::run(
                        __instance.borrowed()?,
                        <OpenAIRequest as __rt::Parameter>::of(__request),
                    ),
                )
                .await;
            let __sent = <_ as __rt::IntoReply<_>>::reply(__reply, &__out).await;
            <_ as __rt::Answers<Self, _>>::done(__rt::Judge::<Self>::__answer(), __sent)
        }
    }
};
