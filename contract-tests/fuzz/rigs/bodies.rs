//! Bodies of requests: each gets an answer, and a refusal is a problem that says nothing back.

use std::cell::LazyCell;

use glasplade::demo::handles::HANDLES;
use glasplade::http::{ROUTES, Route};
use http::header;
use http_body_util::BodyExt as _;
use tokio::runtime::Runtime;

use crate::house::House;

/// A run of this many digits in a body must not come back in a refusal: it may be somebody's number.
const DIGITS: usize = 10;

struct Rig {
    runtime: Runtime,
    house: House,
    /// One for each of the demo's callers.
    tokens: Vec<String>,
    routes: Vec<&'static Route>,
}

thread_local! {
    static RIG: LazyCell<Rig> = LazyCell::new(Rig::open);
}

impl Rig {
    fn open() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let house = runtime.block_on(House::open("bodies"));
        let tokens = HANDLES.iter().map(|handle| house.token(handle.name)).collect();
        let routes = ROUTES.iter().filter(|route| route.method == "POST").collect();
        Self { runtime, house, tokens, routes }
    }
}

/// The first byte chooses the route, the second the caller; the rest is the body. Tells whether it is taken.
pub(crate) fn try_one(bytes: &[u8]) -> bool {
    let [route, caller, body @ ..] = bytes else { return false };
    RIG.with(|rig| {
        let route = rig.routes[usize::from(*route) % rig.routes.len()];
        let token = &rig.tokens[usize::from(*caller) % rig.tokens.len()];
        let path =
            route.path.replace("{id}", "00000000-0000-4000-8000-000000000000").replace("{rule}", "cross_department");
        rig.runtime.block_on(async {
            let answer = rig.house.post(route.listener, &path, token, body.to_vec()).await;
            let status = answer.status();
            assert!(status.as_u16() < 500, "{} {path}: {status}", route.method);
            let media = answer.headers().get(header::CONTENT_TYPE).map(|value| value.as_bytes().to_vec());
            let told = answer.into_body().collect().await.expect("an answer").to_bytes();
            if status.as_u16() >= 400 {
                assert!(media.as_deref() == Some(b"application/problem+json"), "{path}: {status} is no problem");
                let echoed = body.windows(DIGITS).find(|run| {
                    run.iter().all(u8::is_ascii_digit) && told.windows(DIGITS).any(|window| window == *run)
                });
                assert!(echoed.is_none(), "{path}: {status} says a number back");
            }
            status.is_success()
        })
    })
}
