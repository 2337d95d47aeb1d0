//! Reading XML strictly, and its canonical forms.

use fhir::xml::canonical::{CanonicalError, Form, c14n11, c14n11_subtree, document_in, subtree};
use fhir::xml::{Document, MAX_ATTRIBUTES, MAX_BYTES, MAX_DEPTH, XmlErrorKind as Kind};

fn parse(text: &str) -> Document<'_> {
    Document::parse(text.as_bytes()).unwrap()
}

#[test]
fn what_is_not_well_formed_is_refused_by_name() {
    for (text, kind) in [
        ("", Kind::UnexpectedEnd),
        ("<a>", Kind::UnexpectedEnd),
        ("<a", Kind::UnexpectedEnd),
        ("<a></b>", Kind::MismatchedEnd),
        ("<a/></a>", Kind::MismatchedEnd),
        ("<a/><b/>", Kind::OutsideRoot),
        ("<a/>x", Kind::OutsideRoot),
        ("x<a/>", Kind::OutsideRoot),
        ("<a/>&#32;", Kind::OutsideRoot),
        ("<a/><![CDATA[]]>", Kind::OutsideRoot),
        ("<!DOCTYPE a><a/>", Kind::DocumentType),
        ("<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", Kind::DocumentType),
        ("<a>&x;</a>", Kind::UnknownEntity),
        ("<a>& b</a>", Kind::UnknownEntity),
        ("<a b='&x;'/>", Kind::UnknownEntity),
        ("<a>&#0;</a>", Kind::IllegalCharacter),
        ("<a>&#xD800;</a>", Kind::IllegalCharacter),
        ("<a>&#+65;</a>", Kind::UnknownEntity),
        ("<a>\u{1}</a>", Kind::IllegalCharacter),
        ("<a>\u{fffe}</a>", Kind::IllegalCharacter),
        ("<a>]]></a>", Kind::Unescaped),
        ("<a b='<'/>", Kind::Unescaped),
        ("<a b='1' b='2'/>", Kind::DuplicateAttribute),
        ("<a xmlns:p='u:1' xmlns:q='u:1' p:b='1' q:b='2'/>", Kind::DuplicateAttribute),
        ("<a xmlns='u:1' xmlns='u:2'/>", Kind::DuplicateAttribute),
        ("<a b='1'c='2'/>", Kind::Malformed),
        ("<a b=1/>", Kind::Malformed),
        ("<a b/>", Kind::Malformed),
        ("<p:a/>", Kind::UndeclaredPrefix),
        ("<a p:b='1'/>", Kind::UndeclaredPrefix),
        ("<a xmlns:p=''/>", Kind::BadNamespace),
        ("<a xmlns='relative'/>", Kind::BadNamespace),
        ("<a xmlns:xmlns='u:1'/>", Kind::BadNamespace),
        ("<a xmlns:xml='u:1'/>", Kind::BadNamespace),
        ("<1a/>", Kind::BadName),
        ("<a:b:c/>", Kind::BadName),
        ("<a><?xml x?></a>", Kind::Declaration),
        (" <?xml version='1.0'?><a/>", Kind::Declaration),
        ("<?xml version='1.1'?><a/>", Kind::Declaration),
        ("<?xml version='1.0' encoding='latin1'?><a/>", Kind::Declaration),
        ("<a><!-- a -- b --></a>", Kind::Malformed),
        ("<a><!-- a ---></a>", Kind::Malformed),
    ] {
        let error = Document::parse(text.as_bytes()).expect_err(text);
        assert_eq!(error.kind, kind, "{text}");
    }
    assert_eq!(Document::parse(b"<a>\xff</a>").unwrap_err().kind, Kind::NotUtf8);
}

#[test]
fn depth_and_namespaces_are_bounded() {
    let nested = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
    parse(&nested(MAX_DEPTH));
    assert_eq!(Document::parse(nested(MAX_DEPTH + 1).as_bytes()).unwrap_err().kind, Kind::TooDeep);
    let many = (0..257).map(|index| format!("xmlns:n{index}='u:{index}'")).collect::<Vec<_>>().join(" ");
    let error = Document::parse(format!("<a {many}/>").as_bytes()).unwrap_err();
    assert_eq!(error.kind, Kind::TooManyNamespaces);
}

#[test]
fn an_element_has_1024_attributes_and_no_more() {
    let element = |count: usize| {
        format!("<a{}/>", (0..count).map(|index| format!(" a{index}='{index}'")).collect::<Vec<_>>().concat())
    };
    let text = element(MAX_ATTRIBUTES);
    let document = parse(&text);
    assert_eq!(document.root().attributes().count(), 1024);
    assert_eq!(document.root().attribute("a1023"), Some("1023"));
    let error = Document::parse(element(MAX_ATTRIBUTES + 1).as_bytes()).unwrap_err();
    assert_eq!(error.kind, Kind::TooManyAttributes);
}

#[test]
fn an_attribute_that_stands_twice_is_found_among_any_number() {
    for count in [1, 2, 15, 16, 17, 18, 100] {
        let attributes = (0..count).map(|index| format!(" a{index}=''")).collect::<Vec<_>>().concat();
        parse(&format!("<a{attributes}/>"));
        for twice in [0, count / 2, count - 1] {
            let text = format!("<a{attributes} a{twice}=''/>");
            assert_eq!(
                Document::parse(text.as_bytes()).unwrap_err().kind,
                Kind::DuplicateAttribute,
                "{text}"
            );
        }
    }
}

#[test]
fn size_is_bounded_before_anything_is_read() {
    let large = vec![b' '; MAX_BYTES + 1];
    assert_eq!(Document::parse(&large).unwrap_err().kind, Kind::TooLarge);
}

/// No entity can be declared, so none can grow, and none can name a file.
#[test]
fn entities_neither_grow_nor_reach_out() {
    let laughs = "<!DOCTYPE lolz [<!ENTITY lol 'lol'><!ENTITY lol1 '&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;'>\
         <!ENTITY lol2 '&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;&lol1;'>]><lolz>&lol2;</lolz>";
    let file = "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>";
    let remote = "<!DOCTYPE a SYSTEM 'http://192.0.2.1/a.dtd'><a/>";
    let parameter = "<!DOCTYPE a [<!ENTITY % x SYSTEM 'http://192.0.2.1/a.dtd'>%x;]><a/>";
    for text in [laughs, file, remote, parameter] {
        assert_eq!(Document::parse(text.as_bytes()).unwrap_err().kind, Kind::DocumentType);
    }
}

#[test]
fn utf_16_is_refused_with_what_to_do_and_a_byte_order_mark_is_not_content() {
    let text = "<?xml version=\"1.0\" encoding=\"UTF-16\"?><a/>";
    let little: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let big: Vec<u8> =
        [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect();
    for bytes in [little, big] {
        let error = Document::parse(&bytes).unwrap_err();
        assert_eq!(error.kind, Kind::NotUtf8);
        assert!(error.to_string().contains("save it as UTF-8"), "{error}");
    }
    // UTF-8 that says it is UTF-16, and UTF-16 of ASCII without a mark, whose zero bytes are UTF-8 of U+0000.
    assert_eq!(Document::parse(text.as_bytes()).unwrap_err().kind, Kind::Declaration);
    let unmarked: Vec<u8> = "<a/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(Document::parse(&unmarked).unwrap_err().kind, Kind::IllegalCharacter);
    assert_eq!(c14n11(&parse("\u{feff}<a>\u{feff}</a>")), "<a>\u{feff}</a>");
}

#[test]
fn line_ends_are_normalised_and_references_are_not() {
    let document = parse("<a b='1\r\n2\r3\n4\t5' c='&#13;&#10;&#9;'>x\r\ny\rz&#13;<![CDATA[<&>\r\n]]></a>");
    assert_eq!(document.root().attribute("b"), Some("1 2 3 4 5"));
    assert_eq!(document.root().attribute("c"), Some("\r\n\t"));
    assert_eq!(document.root().text(), "x\ny\nz\r<&>\n");
    assert_eq!(c14n11(&document), "<a b=\"1 2 3 4 5\" c=\"&#xD;&#xA;&#x9;\">x\ny\nz&#xD;&lt;&amp;&gt;\n</a>");
}

#[test]
fn the_place_of_an_error_is_its_line_and_column() {
    let error = Document::parse(b"<a>\n <b/>\n  </c></a>").unwrap_err();
    assert_eq!((error.line, error.column), (3, 3));
}

/// Canonical XML 1.1, section 3.1.
#[test]
fn instructions_stay_and_comments_go() {
    let text = "<?xml version=\"1.0\"?>\n\n<?xml-stylesheet   href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n\n\
                <doc>Hello, world!<!-- Comment 1 --></doc>\n\n<?pi-without-data     ?>\n\n<!-- Comment 2 -->\n";
    assert_eq!(
        c14n11(&parse(text)),
        "<?xml-stylesheet href=\"doc.xsl\"\n   type=\"text/xsl\"   ?>\n<doc>Hello, world!</doc>\n<?pi-without-data?>"
    );
}

/// Canonical XML 1.1, section 3.3, without its attribute default.
#[test]
fn attributes_and_namespaces_are_sorted() {
    let text = "<doc><e1   /><e2   ></e2><e3   name = \"elem3\"   id=\"elem3\"   />\
                <e5 a:attr=\"out\" b:attr=\"sorted\" attr2=\"all\" attr=\"I'm\" xmlns:b=\"http://www.ietf.org\" \
                xmlns:a=\"http://www.w3.org\" xmlns=\"http://example.org\"/>\
                <e6 xmlns=\"\" xmlns:a=\"http://www.w3.org\"><e7 xmlns=\"http://www.ietf.org\">\
                <e8 xmlns=\"\" xmlns:a=\"http://www.w3.org\"/></e7></e6></doc>";
    assert_eq!(
        c14n11(&parse(text)),
        "<doc><e1></e1><e2></e2><e3 id=\"elem3\" name=\"elem3\"></e3>\
         <e5 xmlns=\"http://example.org\" xmlns:a=\"http://www.w3.org\" xmlns:b=\"http://www.ietf.org\" \
         attr=\"I'm\" attr2=\"all\" b:attr=\"sorted\" a:attr=\"out\"></e5>\
         <e6 xmlns:a=\"http://www.w3.org\"><e7 xmlns=\"http://www.ietf.org\"><e8 xmlns=\"\"></e8></e7></e6></doc>"
    );
}

/// Canonical XML 1.1, section 3.4, without the attribute whose type a DTD gives.
#[test]
fn characters_are_replaced() {
    let text = "<doc><text>First line&#x0d;&#10;Second line</text><value>&#x32;</value>\
                <compute><![CDATA[value>\"0\" && value<\"10\" ?\"valid\":\"error\"]]></compute>\
                <norm attr=' &apos;   &#x20;&#13;&#xa;&#9;   &apos; \n\t'/>\r\n</doc>";
    assert_eq!(
        c14n11(&parse(text)),
        "<doc><text>First line&#xD;\nSecond line</text><value>2</value>\
         <compute>value&gt;\"0\" &amp;&amp; value&lt;\"10\" ?\"valid\":\"error\"</compute>\
         <norm attr=\" '    &#xD;&#xA;&#x9;   '   \"></norm>\n</doc>"
    );
}

#[test]
fn a_part_takes_over_what_its_form_says() {
    let document = parse(
        "<r xmlns='u:d' xmlns:p='u:p' xmlns:q='u:q' xml:lang='en' xml:id='r'><p:a><b p:x='1'/><s/></p:a></r>",
    );
    let part = document.root().child("u:p", "a").unwrap();
    assert_eq!(
        c14n11_subtree(&document, part).unwrap(),
        "<p:a xmlns=\"u:d\" xmlns:p=\"u:p\" xmlns:q=\"u:q\" xml:lang=\"en\"><b p:x=\"1\"></b><s></s></p:a>"
    );
    assert!(subtree(&document, part, &Form::Inclusive10, None).unwrap().contains("xml:id=\"r\""));
    assert_eq!(
        subtree(&document, part, &Form::Exclusive10(Vec::new()), part.child("u:d", "s")).unwrap(),
        "<p:a xmlns:p=\"u:p\"><b xmlns=\"u:d\" p:x=\"1\"></b></p:a>"
    );
    assert!(
        subtree(&document, part, &Form::Exclusive10(vec!["q".to_owned()]), None).unwrap().contains("xmlns:q")
    );
}

#[test]
fn what_has_no_certain_form_is_refused() {
    let document = parse("<r xml:base='http://example.org/'><a/></r>");
    let part = document.root().child("", "a").unwrap();
    assert_eq!(c14n11_subtree(&document, part).unwrap_err(), CanonicalError::InheritedBase);
    assert_eq!(c14n11_subtree(&parse("<a/>"), part).unwrap_err(), CanonicalError::NotInDocument);
}

/// Each element shows the prefix that it uses: 20 KB as often as there are elements.
#[test]
fn a_form_that_repeats_a_long_namespace_is_broken_off() {
    let namespace = "x".repeat(20_000);
    let with = |count: usize| format!("<r xmlns:p='u:{namespace}'>{}</r>", "<p:a/>".repeat(count));
    let (few, many) = (with(100), with(10_000));
    let exclusive = Form::Exclusive10(Vec::new());
    assert!(document_in(&parse(&few), &exclusive).unwrap().len() > 2_000_000);
    let document = parse(&many);
    assert_eq!(document_in(&document, &exclusive), Err(CanonicalError::TooLarge));
    assert_eq!(subtree(&document, document.root(), &exclusive, None), Err(CanonicalError::TooLarge));
    // The others show it once.
    assert!(c14n11(&document).len() < 200_000);
}

#[test]
fn debug_shows_no_content() {
    let document = parse("<a b='secret'>secret<!--secret--></a>");
    assert!(!format!("{document:?}").contains("secret"));
}
