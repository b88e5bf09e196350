//! `new`: a contract of one's own from a template.

use std::{
    fs,
    io::{self, BufRead, IsTerminal, Write},
    path::PathBuf,
};

use clap::Args;

use super::{
    input,
    output::{self, DONE, Failure, Format, Outcome},
};
use crate::terms::{Contract, source::Span};

/// Starts a contract from a template: parameters are given by `--set`, or asked for on a terminal.
///
/// The new document is the template with its own id and values; comments and layout stay. It is checked before it is
/// written, and no file is overwritten.
#[derive(Debug, Args)]
#[command(
    after_help = "EXAMPLE\n  outcome-ledger new contracts/efficacy-guarantee/contract.yaml --id our-guarantee \\\n      --set 'max_per_patient=20_000 CNY' --output our-guarantee.yaml"
)]
pub struct Arguments {
    /// The template: any contract document.
    #[arg(value_name = "TEMPLATE")]
    template: PathBuf,
    /// The id of the new contract: a–z, 0–9 and `-`.
    #[arg(long)]
    id: String,
    /// The value of a parameter, written as in the document.
    #[arg(long, value_name = "PARAMETER=VALUE", value_parser = input::setting)]
    set: Vec<(String, String)>,
    /// The file to write; standard output when there is none.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Runs the command.
pub fn run(arguments: &Arguments, format: Format) -> Outcome {
    let template = input::needed_contract(&arguments.template, &[])?;
    let mut settings = arguments.set.clone();
    if settings.is_empty() && io::stdin().is_terminal() {
        settings = ask(&template)?;
    }
    input::needed_contract(&arguments.template, &settings)?;
    let text = filled_in(&template, &arguments.id, &settings)?;
    let name = arguments.output.as_ref().map_or("the new contract".into(), |path| path.display().to_string());
    let (contract, findings) = crate::terms::compile(&name, &text, &[], &input::beside(&arguments.template));
    if contract.is_none() {
        let texts: Vec<String> = findings.iter().map(ToString::to_string).collect();
        return Err(Failure::refused(
            "refused",
            format!("the new contract would not be sound\n\n{}", texts.join("\n")),
        ));
    }
    match (&arguments.output, format) {
        (None, _) => output::write(text.trim_end())?,
        (Some(path), _) if path.exists() => {
            return Err(Failure::refused("refused", format!("{name} exists already; choose another file")));
        }
        (Some(path), format) => {
            fs::write(path, text).map_err(|error| Failure::unreachable(format!("{name}: {error}")))?;
            output::answer(format, &serde_json::json!({ "wrote": name }), || {
                format!("wrote {name}; next: outcome-ledger check {name}")
            })?;
        }
    }
    Ok(DONE)
}

/// Asks for each parameter; an empty answer keeps the template's value.
fn ask(template: &Contract) -> Result<Vec<(String, String)>, Failure> {
    let mut settings = Vec::new();
    let mut lines = io::stdin().lock().lines();
    for parameter in &template.checked.document.parameters {
        let value = parameter.value.as_ref().map(ToString::to_string).unwrap_or_default();
        let title = parameter.title.en.clone().map(|title| format!(" – {title}")).unwrap_or_default();
        let mut terminal = io::stderr().lock();
        let asked = write!(terminal, "{} ({}){title} [{value}]: ", parameter.name.text, parameter.is.word())
            .and_then(|()| terminal.flush());
        asked.map_err(|error| Failure::unreachable(format!("terminal: {error}")))?;
        let answer = lines.next().and_then(Result::ok).unwrap_or_default();
        if !answer.trim().is_empty() {
            settings.push((parameter.name.text.clone(), answer.trim().to_owned()));
        }
    }
    Ok(settings)
}

/// The template's text with its own id and values.
fn filled_in(template: &Contract, id: &str, settings: &[(String, String)]) -> Result<String, Failure> {
    let mut changes: Vec<(Span, String)> = vec![(id_span(template)?, id.to_owned())];
    for parameter in &template.checked.document.parameters {
        let setting = settings.iter().rev().find(|(name, _)| *name == parameter.name.text);
        if let (Some((_, value)), Some(expr)) = (setting, &parameter.value) {
            changes.push((expr.span, value.clone()));
        }
    }
    changes.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
    let mut chars = template.source.chars().to_vec();
    for (span, text) in changes {
        chars.splice(span.start as usize..span.end as usize, text.chars());
    }
    Ok(chars.into_iter().collect())
}

/// Where the template's id stands.
fn id_span(template: &Contract) -> Result<Span, Failure> {
    let text: String = template.source.chars().iter().collect();
    let mut findings = crate::terms::finding::Findings::new(&template.source);
    let root = crate::terms::tree::read(&text, &mut findings);
    let span = root.and_then(|root| root.get("id").map(|node| node.span));
    span.ok_or_else(|| Failure::refused("template", "the template has no id"))
}
