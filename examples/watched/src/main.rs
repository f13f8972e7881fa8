//! A conversation whose funnel Prometheus reads at `/metrics`, and whose turns are in the log: `RUST_LOG=converse=debug`.

use std::error::Error;

use axum::routing::get;
use converse::prelude::*;
use metrics_exporter_prometheus::PrometheusBuilder;

conversation! {
    /// Books a table.
    pub Booking {
        let guests: u8 = ask "For how many?"
            where (1..=8).contains(&guests) else "We have tables for one to eight."
            within 5min else "Are you still there?";
        let name: String = ask "In whose name?";
        say "A table for {guests}, {name}. See you soon.";
    }
}

#[ws_route("/book")]
async fn book() -> Booking {
    Booking
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().with_env_filter(tracing_subscriber::EnvFilter::from_default_env()).init();
    let prometheus = PrometheusBuilder::new().install_recorder()?;
    let app = routes![book].route("/metrics", get(async move || prometheus.render()));
    Ok(converse::serve("127.0.0.1:8080", app).await?)
}
