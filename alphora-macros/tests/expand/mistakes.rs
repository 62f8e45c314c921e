// The expansion of input/mistakes.rs, written by ALPHORA_EXPAND=overwrite.

struct Support {
    name: String,
    notes: Notes,
}
#[allow(dead_code, private_interfaces, unused_imports, clippy::too_many_arguments)]
#[allow(clippy::new_without_default, deprecated)]
const _: () = {
    use ::alphora::__private as __rt;
    use __rt::Lenient as _;
    impl __rt::AgentState for Support
    where
        for<'__a> Self: __rt::Shared<'__a>,
    {
        type Memory = ();
    }
    impl __rt::Fresh for Support
    where
        for<'__a> Self: __rt::Servable<'__a>,
    {
        fn fresh(&self) -> Self {
            ::core::unreachable!()
        }
    }
};
#[allow(dead_code, missing_docs, private_interfaces)]
impl Support {
    pub fn new(_: String) -> Self {
        ::core::unreachable!()
    }
}
::core::compile_error! {
    "`memory_ttl` does not belong on the struct\nhelp: write it in the `#[agent(..)]` of the `impl` block"
}
::core::compile_error! {
    "unknown field role `memry` (did you mean `memory`?)\nhelp: the roles are `memory` and `stream`"
}
#[allow(clippy::unused_async)]
impl Support {
    fn run(&self, request: OpenAIRequest) -> String {
        self.name.clone()
    }
}
///The options of `Support`. `Default` is what its `#[agent(..)]` says.
#[allow(dead_code)]
pub type SupportConfig = ::alphora::__private::AgentConfig<Support>;
#[allow(dead_code, private_interfaces, unused_imports, clippy::too_many_arguments)]
#[allow(clippy::new_without_default, deprecated)]
const _: () = {
    use ::alphora::__private as __rt;
    use __rt::Lenient as _;
    impl __rt::Agent for Support
    where
        for<'__a> Self: __rt::Later<'__a>,
    {
        const DESCRIPTION: &'static __rt::Description = &__rt::Description {
            agent: "",
            options: __rt::Options::NONE,
            endpoints: &[],
        };
        async fn call(
            _: &mut __rt::Instance<Self>,
            _: ::core::primitive::usize,
            _: __rt::OpenAIRequest,
            _: __rt::DataStreamer,
        ) -> ::core::result::Result<(), __rt::AgentError> {
            ::core::unreachable!()
        }
    }
};
::core::compile_error! {
    "`path` must start with `/`\nhelp: write `path = \"/api\"`"
}
::core::compile_error! {
    "agent method `run` must be async\nhelp: write `async fn run`"
}
