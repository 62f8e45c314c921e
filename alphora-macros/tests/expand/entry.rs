// The expansion of input/entry.rs, written by ALPHORA_EXPAND=overwrite.

fn main() -> ::std::process::ExitCode {
    use ::alphora::__private::Exit as __Exit;
    async fn main() -> alphora::Result {
        Ok(())
    }
    ::alphora::__private::version(::core::option_env!("CARGO_PKG_VERSION"));
    <_ as __Exit>::run(main)
}
