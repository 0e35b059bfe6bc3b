//! `verify` on the command line: flags and manifests in, claims and an exit code out.

mod output_file;
mod promise;

use std::error::Error;
use std::io::{IsTerminal, Write, stderr, stdout};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use attack::Target;
use service::{ConfigError, Environment, Stop, Token};
use verify::output::{self, Bar, Lines, Progress};
use verify::{Case, MOST_PER_SECOND, Profile, Settings};

use self::output_file::OutputFile;

/// The gateway of a demo that `up` started with its defaults.
const LOCAL: &str = "http://127.0.0.1:8080";

/// Some claims do not hold.
const FAILED: u8 = 1;

/// Nothing can be said.
const NOT_MEASURED: u8 = 2;

/// The flags of `verify`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Args {
    /// Where front answers, as `HOST[:PORT]` or its URL; without it $GW_ENDPOINT, or the demo on this machine
    #[arg(long, value_name = "URL", value_parser = gateway)]
    pub gateway: Option<String>,
    /// What kind of mesh it is: appmesh, envoy, istio or linkerd
    #[arg(long, value_name = "MESH", default_value = "appmesh", value_parser = profile)]
    pub profile: Profile,
    /// App Mesh manifests whose policy is promised, a file, a folder or -; without it the demo's own
    #[arg(long, value_name = "PATH")]
    pub policy: Option<PathBuf>,
    /// Errors in a row that eject a host, in place of the manifests' number
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub max_server_errors: Option<u32>,
    /// Time between two sweeps, in place of the manifests'
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub interval: Option<Duration>,
    /// How long the first ejection lasts, in place of the manifests'
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub base_ejection_duration: Option<Duration>,
    /// Of all hosts, how many may be out, 0 to 100, in place of the manifests' number
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=100))]
    pub max_ejection_percent: Option<u32>,
    /// What `up` was given: divides every duration of the policy
    #[arg(long, value_name = "N", default_value_t = 1.0, value_parser = ingress::speed)]
    pub speed: f64,
    /// Only these cases, separated by commas
    #[arg(long, value_name = "CASE", value_delimiter = ',')]
    pub only: Vec<Case>,
    /// Requests per second, 1 to 10000; without it 50, or as many as it takes
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_PER_SECOND)))]
    pub rate: Option<u32>,
    /// How many requests make a sample, 20 to 100000
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(20..=100_000))]
    pub requests: u32,
    /// Print what the load of each scenario came to, in the form of vegeta's report
    #[arg(long)]
    pub reports: bool,
    /// Write everything that was measured here, as JSON
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Write the claims here, as a JUnit report
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
}

/// Verifies, and says what came of it: 0 when every claim holds, 1 when some do not, 2 when nothing can be
/// said.
///
/// # Errors
/// When the manifests or a file cannot be used, which shows before anything is measured, or a file cannot be
/// written in the end.
pub(crate) async fn run(
    args: &Args,
    env: &impl Environment,
    stop: Stop,
) -> Result<ExitCode, Box<dyn Error>> {
    let settings = settings(args, env)?;
    let json = OutputFile::create("--json", args.json.as_deref())?;
    let junit = OutputFile::create("--junit", args.junit.as_deref())?;
    let progress: Box<dyn Progress> = if stderr().is_terminal() {
        Box::new(Bar::new(args.reports))
    } else {
        Box::new(Lines::new(stdout(), stderr(), args.reports))
    };
    let outcome = match verify::run(&settings, &*progress, stop.wait()).await {
        Ok(outcome) => outcome,
        Err(reason) => {
            // Fails only where nobody can read it, and the exit code says it as well.
            drop(writeln!(stderr(), "verify: not measured: {reason}"));
            return Ok(ExitCode::from(NOT_MEASURED));
        }
    };
    if let Some(file) = json {
        file.write(&format!("{:#}\n", serde_json::to_value(&outcome)?))?;
    }
    if let Some(file) = junit {
        file.write(&output::junit(&outcome)?)?;
    }
    drop(stdout().write_all(output::summary(&outcome).as_bytes()));
    Ok(if outcome.all_hold() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(FAILED)
    })
}

fn settings(args: &Args, env: &impl Environment) -> Result<Settings, ConfigError> {
    let named = env.get("GW_ENDPOINT").map(|text| {
        gateway(&text).map_err(|bound| ConfigError::new(format!("GW_ENDPOINT {bound}")))
    });
    let gateway = match (&args.gateway, named) {
        (Some(gateway), _) => gateway.clone(),
        (None, Some(named)) => named?,
        (None, None) => LOCAL.to_owned(),
    };
    let cases = if args.only.is_empty() {
        Case::ALL.to_vec()
    } else {
        args.only.clone()
    };
    Ok(Settings {
        gateway,
        control_token: Token::from_env(env)?,
        profile: args.profile,
        policy: promise::policy(args)?,
        speed: args.speed,
        cases,
        rate: args.rate,
        requests: args.requests as usize,
    })
}

/// An endpoint as people have it, as a URL without a slash at the end.
fn gateway(text: &str) -> Result<String, String> {
    let text = text.trim_end_matches('/');
    let url = if text.contains("://") {
        text.to_owned()
    } else {
        format!("http://{text}")
    };
    let bound = "must be HOST[:PORT] or http://HOST[:PORT]";
    let host = url.strip_prefix("http://").ok_or(bound)?;
    let is_url = url.parse::<Target>().is_ok();
    if !is_url || host.contains(['/', '?', '#']) {
        return Err(bound.to_owned());
    }
    Ok(url)
}

fn profile(text: &str) -> Result<Profile, String> {
    let mut all = Profile::ALL.into_iter();
    all.find(|profile| profile.name() == text).ok_or_else(|| {
        format!(
            "must be one of {}",
            Profile::ALL.map(Profile::name).join(", ")
        )
    })
}

/// A time as in `10s`, from 100 ms to a day.
fn time(text: &str) -> Result<Duration, String> {
    let bounds = Duration::from_millis(100)..=Duration::from_secs(24 * 60 * 60);
    let time = humantime::parse_duration(text)
        .ok()
        .filter(|time| bounds.contains(time));
    time.ok_or_else(|| "must be a time such as 10s, from 100ms to 24h".to_owned())
}
