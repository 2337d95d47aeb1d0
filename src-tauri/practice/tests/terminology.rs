//! `ValueSet/$expand` of the practice server.

use crate::common;

use common::{Answer, client};
use fhir::{Value, Version, array, object};
use practice::{Handle, Options, Seeds, Server};

const SETS: &str = "https://attesta.example/fhir/ValueSet";

fn json(text: &str) -> Value {
    Value::parse(text.as_bytes()).unwrap()
}

fn set(id: &str, version: &str, compose: &str) -> Value {
    object! {
        "resourceType" => "ValueSet", "id" => format!("{id}-{version}"), "url" => format!("{SETS}/{id}"),
        "version" => version, "status" => "active", "compose" => json(compose),
    }
}

fn start(folder: &std::path::Path, version: Version) -> Handle {
    let colours = json(
        r#"{"resourceType":"CodeSystem","id":"colours","url":"urn:colours","version":"3","status":"active","content":"complete",
        "concept":[{"code":"warm","display":"Warm","property":[{"code":"notSelectable","valueBoolean":true}],"concept":[
        {"code":"red","display":"Red","designation":[{"language":"de","value":"Rot"}]},{"code":"orange","display":"Orange"}]},
        {"code":"blue","display":"Blue"},{"code":"puce","display":"Puce","property":[{"code":"status","valueCode":"retired"}]}]}"#,
    );
    let many: Vec<Value> = (0..=20_000).map(|n| object! { "code" => format!("c{n}") }).collect();
    let many = object! {
        "resourceType" => "CodeSystem", "id" => "many", "url" => "urn:many", "status" => "active",
        "content" => "complete", "concept" => many,
    };
    let warm = r#"{"include":[{"system":"urn:colours","filter":[{"property":"concept","op":"descendent-of","value":"warm"}]}]}"#;
    let some = format!(
        r#"{{"include":[{{"system":"urn:colours"}},{{"system":"urn:other","concept":[{{"code":"x","display":"X"}}]}}],
        "exclude":[{{"valueSet":["{SETS}/warm"]}}]}}"#
    );
    let terminology = vec![
        colours,
        many,
        set("all", "1", r#"{"include":[{"system":"urn:colours"}]}"#),
        set("all", "2", r#"{"inactive":false,"include":[{"system":"urn:colours"}]}"#),
        set("warm", "1", warm),
        set("some", "1", &some),
        set("round", "1", &format!(r#"{{"include":[{{"valueSet":["{SETS}/round"]}}]}}"#)),
        set("many", "1", r#"{"include":[{"system":"urn:many"}]}"#),
        set("unknown", "1", r#"{"include":[{"system":"urn:nowhere"}]}"#),
        set(
            "odd",
            "1",
            r#"{"include":[{"system":"urn:colours","filter":[{"property":"hue","op":"regex","value":"r"}]}]}"#,
        ),
        object! { "resourceType" => "ValueSet", "id" => "bare", "url" => format!("{SETS}/bare"), "status" => "active" },
    ];
    let seeds = Seeds { terminology, ..Seeds::default() };
    Server::start(Options { data_dir: folder.to_owned(), port: 0, seeds, version }).unwrap()
}

async fn expand(server: &Handle, query: &str) -> Answer {
    let url = format!("{}/ValueSet/$expand?{query}", server.base_url());
    Answer::of(client().get(url).send().await.unwrap()).await
}

async fn codes(server: &Handle, query: &str) -> String {
    let answer = expand(server, query).await;
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    let value_set = answer.resource();
    assert_eq!(value_set.resource_type(), Some("ValueSet"));
    let expansion = value_set.get("expansion").unwrap().clone();
    let codes: Vec<_> = expansion.list("contains").iter().map(|one| one.str("code").unwrap()).collect();
    let total = expansion.get("total").unwrap().as_number().unwrap().as_str();
    format!("{total}: {}", codes.join(" "))
}

#[tokio::test]
async fn value_sets_are_expanded_from_code_systems() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path(), Version::R4);
    let all = "5: warm red orange blue puce";
    for (query, expected) in [
        (format!("url={SETS}/all&valueSetVersion=1"), all),
        (format!("url={SETS}/all%7C1"), all),
        (format!("url={SETS}/all&valueSetVersion=2"), "4: warm red orange blue"),
        (format!("url={SETS}/all&valueSetVersion=1&activeOnly=true"), "4: warm red orange blue"),
        (format!("url={SETS}/all&valueSetVersion=1&offset=1&count=2"), "5: red orange"),
        (format!("url={SETS}/all&valueSetVersion=1&offset=9&count=2"), "5: "),
        (format!("url={SETS}/all&valueSetVersion=1&filter=ORA"), "1: orange"),
        (format!("url={SETS}/warm"), "2: red orange"),
        (format!("url={SETS}/some"), "4: warm blue puce x"),
    ] {
        assert_eq!(codes(&server, &query).await, expected, "{query}");
    }
    let answer =
        expand(&server, &format!("url={SETS}/all%7C1&includeDesignations=true&count=9")).await.resource();
    assert!(answer.get("compose").is_none());
    let expansion = answer.get("expansion").unwrap();
    assert!(expansion.str("timestamp").is_some() && expansion.get("offset").is_some());
    assert_eq!(expansion.list("parameter")[0].str("valueUri"), Some("urn:colours|3"));
    let [warm, red, .., puce] = expansion.list("contains") else { panic!("concepts") };
    assert_eq!(warm.get("abstract").unwrap().as_bool(), Some(true));
    assert_eq!(puce.get("inactive").unwrap().as_bool(), Some(true));
    assert_eq!(red.list("designation")[0].str("value"), Some("Rot"));
}

#[tokio::test]
async fn what_cannot_be_expanded_is_refused_with_an_outcome() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path(), Version::R4);
    for (query, status, code) in [
        (String::new(), 400, "required"),
        (format!("url={SETS}/none"), 404, "not-found"),
        (format!("url={SETS}/all&valueSetVersion=9"), 404, "not-found"),
        (format!("url={SETS}/unknown"), 404, "not-found"),
        (format!("url={SETS}/many&count=10"), 422, "too-costly"),
        (format!("url={SETS}/round"), 422, "not-supported"),
        (format!("url={SETS}/odd"), 422, "not-supported"),
        (format!("url={SETS}/bare"), 422, "not-supported"),
        (format!("url={SETS}/all&count=some"), 400, "value"),
        (format!("url={SETS}/all&count=-1"), 400, "value"),
        (format!("url={SETS}/all&activeOnly=1"), 400, "value"),
        (format!("url={SETS}/all&context=x"), 400, "not-supported"),
    ] {
        expand(&server, &query).await.is_refused(status, code);
    }
    let url = format!("{}/ValueSet/$expand", server.base_url());
    Answer::of(client().post(url).send().await.unwrap()).await.is_refused(405, "not-supported");
    let url = format!("{}/CodeSystem/$expand", server.base_url());
    Answer::of(client().get(url).send().await.unwrap()).await.is_refused(404, "not-supported");
}

#[tokio::test]
async fn value_sets_are_kept_like_other_resources_and_the_operation_is_declared() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path(), Version::R5);
    let get = async |path: &str| {
        Answer::of(client().get(format!("{}/{path}", server.base_url())).send().await.unwrap()).await
    };
    assert_eq!(get(&format!("ValueSet?url={SETS}/all")).await.total(), 2);
    assert_eq!(codes(&server, &format!("url={SETS}/warm")).await, "2: red orange");
    let statement = get("metadata").await.resource();
    let declared = statement.list("rest")[0]
        .list("resource")
        .iter()
        .filter(|resource| resource.list("operation").iter().any(|one| one.str("name") == Some("expand")))
        .map(|resource| resource.str("type").unwrap())
        .collect::<Vec<_>>();
    assert_eq!(declared, ["ValueSet"]);
    let sent = |body: Value| {
        client()
            .post(format!("{}/{}", server.base_url(), body.resource_type().unwrap()))
            .header("Content-Type", common::FHIR_JSON)
            .body(body.to_json())
            .send()
    };
    let nameless = object! { "resourceType" => "CodeSystem", "status" => "active", "concept" => array![] };
    assert_eq!(sent(nameless).await.unwrap().status(), 422, "content is required");
    let kept = object! { "resourceType" => "CodeSystem", "status" => "active", "content" => "not-present" };
    assert_eq!(sent(kept).await.unwrap().status(), 201);
}
