//! Entity tags: what a caller saw last, and whether it is still so.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{self, ETAG, EntityTag, IfMatch, IfNoneMatch},
    },
};
use serde::Serialize;

use super::Problem;

/// The tag of something at a chain hash: the hash covers everything that came before.
pub fn tag(position: i64, hash: &crate::values::Digest) -> String {
    format!("{position}-{}", &hash.to_string()[..32])
}

/// Answers with a tag, or with nothing when the caller has seen it already.
pub fn tagged(request: &HttpRequest, tag: &str, body: &impl Serialize) -> HttpResponse {
    let tag = EntityTag::new_strong(tag.to_owned());
    let seen = header::Header::parse(request).is_ok_and(|seen: IfNoneMatch| match seen {
        IfNoneMatch::Any => true,
        IfNoneMatch::Items(tags) => tags.iter().any(|known| known.weak_eq(&tag)),
    });
    let mut response = if seen && request.headers().contains_key(header::IF_NONE_MATCH) {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    response.insert_header((ETAG, tag));
    if seen && request.headers().contains_key(header::IF_NONE_MATCH) { response.finish() } else { response.json(body) }
}

/// The tags under which a change was asked for; none when it is to be made in any case.
pub fn wanted_tags(request: &HttpRequest) -> Result<Option<Vec<String>>, Problem> {
    if !request.headers().contains_key(header::IF_MATCH) {
        return Ok(None);
    }
    match header::Header::parse(request) {
        Ok(IfMatch::Any) => Ok(None),
        Ok(IfMatch::Items(tags)) if !tags.is_empty() => {
            Ok(Some(tags.iter().filter(|tag| !tag.weak).map(|tag| tag.tag().to_owned()).collect()))
        }
        // What is no tag is left out of the items.
        Ok(IfMatch::Items(_)) | Err(_) => {
            let help = "send the ETag as you received it, with its quotes";
            Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad-tag", "`If-Match` holds no entity tag", help))
        }
    }
}
