//! actix-ws, which brings its own runtime: one thread accepts and one works, both on the server's core.

use actix_web::rt::net::TcpStream;
use actix_web::{App, Error, HttpRequest, HttpResponse, HttpServer, rt, web};
use actix_ws::Message;

use crate::start;

pub fn run() {
    rt::System::new().block_on(async {
        let server = HttpServer::new(|| App::new().route("/echo", web::get().to(echo)))
            .workers(1)
            .on_connect(|stream, _| {
                if let Some(stream) = stream.downcast_ref::<TcpStream>() {
                    stream.set_nodelay(true).expect("it is TCP");
                }
            })
            .bind("127.0.0.1:0")
            .expect("a port is free");
        start::announce(server.addrs()[0]);
        server.disable_signals().run().await.expect("it serves");
    });
}

async fn echo(request: HttpRequest, body: web::Payload) -> Result<HttpResponse, Error> {
    let (response, mut session, stream) = actix_ws::handle(&request, body)?;
    let mut stream = stream.max_frame_size(1 << 20);
    rt::spawn(async move {
        while let Some(Ok(message)) = stream.recv().await {
            let sent = match message {
                Message::Text(text) => session.text(text).await,
                Message::Binary(bytes) => session.binary(bytes).await,
                Message::Close(reason) => {
                    let _ = session.close(reason).await;
                    return;
                }
                _ => Ok(()),
            };
            if sent.is_err() {
                return;
            }
        }
    });
    Ok(response)
}
