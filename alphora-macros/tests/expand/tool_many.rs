// The expansion of input/tool_many.rs, written by ALPHORA_EXPAND=overwrite.

#[cfg(feature = "booking")]
/// Books a flight.
#[allow(non_camel_case_types)]
#[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
pub(crate) struct r#try;
#[cfg(feature = "booking")]
const _: () = {
    #[allow(clippy::needless_pass_by_value)]
    #[tracing::instrument]
    fn r#try(
        from: Airport,
        to: Airport,
        r#type: Class,
        mut passengers: Vec<Passenger>,
        #[allow(unused)]
        note: Option<String>,
        days: std::collections::BTreeMap<String, u8>,
        first: ToolContext,
        second: context::Alias,
    ) {
        passengers.sort();
        book(from, to, r#type, passengers, days, first, second)
    }
    #[allow(dead_code, private_interfaces, unused_imports, clippy::too_many_arguments)]
    #[allow(clippy::new_without_default, deprecated)]
    const _: () = {
        use ::alphora::__private as __rt;
        use __rt::Lenient as _;
        #[automatically_derived]
        impl ::core::ops::Deref for r#try {
            type Target = fn(
                Airport,
                Airport,
                Class,
                Vec<Passenger>,
                Option<String>,
                std::collections::BTreeMap<String, u8>,
                ToolContext,
                context::Alias,
            ) -> ();
            fn deref(&self) -> &Self::Target {
                &(r#try as Self::Target)
            }
        }
        #[automatically_derived]
        impl __rt::ToolFunction for r#try {
            const NAME: &'static ::core::primitive::str = "try";
            const DESCRIPTION: &'static ::core::primitive::str = "Books a flight.";
            const STRICT: ::core::primitive::bool = false;
            const TIMEOUT: ::core::option::Option<::core::primitive::u64> = ::core::option::Option::Some({
                const __VALUE: ::core::primitive::u64 = __rt::seconds(
                    2 * MINUTE,
                    "`timeout` must be at least 1 and at most 3153600000 seconds",
                );
                __VALUE
            });
            fn parameters() -> __rt::ToolParameters {
                let __described = [
                    <Airport as __rt::Argument>::described("from", "three letters"),
                    <Airport as __rt::Argument>::described("to", "three letters"),
                    <Class as __rt::Argument>::described("type", "business or economy"),
                    <Vec<Passenger> as __rt::Argument>::described("passengers", ""),
                    <Option<String> as __rt::Argument>::described("note", ""),
                    <std::collections::BTreeMap<
                        String,
                        u8,
                    > as __rt::Argument>::described("days", ""),
                    <ToolContext as __rt::Argument>::described("first", ""),
                    <context::Alias as __rt::Argument>::described("second", ""),
                ];
                __rt::parameters(&__described)
            }
            async fn run(&self, __given: &mut __rt::Given) -> __rt::Ran {
                __given
                    .blocking(|__given| {
                        let __result = r#try(
                            <Airport as __rt::Argument>::take(__given, "from")?,
                            <Airport as __rt::Argument>::take(__given, "to")?,
                            <Class as __rt::Argument>::take(__given, "type")?,
                            <Vec<
                                Passenger,
                            > as __rt::Argument>::take(__given, "passengers")?,
                            <Option<String> as __rt::Argument>::take(__given, "note")?,
                            <std::collections::BTreeMap<
                                String,
                                u8,
                            > as __rt::Argument>::take(__given, "days")?,
                            <ToolContext as __rt::Argument>::take(__given, "first")?,
                            <context::Alias as __rt::Argument>::take(__given, "second")?,
                        );
                        <_ as __rt::Outcome<
                            _,
                        >>::output(__rt::Judge::<()>::__outcome(), __result)
                    })
                    .await
            }
        }
    };
};
