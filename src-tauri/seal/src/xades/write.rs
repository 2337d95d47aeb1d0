//! Writing a signature. Every element is written as C14N 1.1 has it: no white space between elements, no empty-element
//! tags, attributes in order.

use fhir::Value;
use jiff::Timestamp;

use crate::encoding::{base64, sha256};
use crate::signature::utc;
use crate::xades::{DS, SIGNED_PROPERTIES, XADES, XmlSigner};
use crate::{SealError, SignError};

/// What the signature calls its content (`Reference/@URI`): a relative name, so that no verifier fetches anything.
/// xmlsec1 finds a file of this name beside the signature, DSS a detached document of this name.
pub const CONTENT_NAME: &str = "content.xml";

const C14N11: &str = "http://www.w3.org/2006/12/xml-c14n11";
const SHA256_METHOD: &str =
    r#"<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod>"#;

/// What a signature states about itself and its content; all of it is signed.
#[derive(Clone, Copy)]
pub struct Claims<'a> {
    /// `SigningTime`, written in whole seconds of UTC.
    pub signing_time: Timestamp,
    /// The purpose as an object identifier in dots (ASTM E1762-95): `CommitmentTypeId`.
    pub commitment: &'a str,
    /// The purpose in words.
    pub description: &'a str,
    /// The FHIR canonicalization URI of the content: `DataObjectFormat/ObjectIdentifier`.
    pub canonicalization: &'a str,
    /// What a JWS has in `commQuals`: the same object as JSON text in one `CommitmentTypeQualifier`.
    pub qualifiers: Option<&'a Value>,
}

/// Names a person, so it must not reach a log.
impl std::fmt::Debug for Claims<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Claims").field("commitment", &self.commitment).finish_non_exhaustive()
    }
}

/// Signs `payload`, the C14N 1.1 bytes of a resource; the result does not contain it.
///
/// # Errors
/// [`SealError::Incomplete`] when `signing_time` is outside the certificate's validity or a claim has a character that
/// XML cannot carry; [`SealError::Certificate`] when the certificate's key is not one for the signer's algorithm;
/// [`SealError::Sign`] when the key refuses or returns no signature.
pub fn sign<S: XmlSigner + ?Sized>(
    payload: &[u8],
    claims: &Claims<'_>,
    signer: &S,
) -> Result<String, SealError> {
    let leaf = signer.chain().leaf();
    if !signer.algorithm().fits(leaf.key) {
        return Err(SealError::certificate("its key is not one for the signer's algorithm"));
    }
    if !leaf.is_valid_at(claims.signing_time) {
        return Err(SealError::incomplete("SigningTime", "is outside the certificate's validity"));
    }
    let namespaces = format!(r#" xmlns:ds="{DS}" xmlns:xades="{XADES}""#);
    let properties = signed_properties(claims, &leaf.der)?;
    // As a subtree, an element shows every namespace in scope (C14N 1.1, section 2.3); inside, it shows what is new.
    let digest = sha256(properties_element(&namespaces, &properties));
    let info = signed_info(signer.algorithm().uri(), &sha256(payload), &digest);
    let value = signer.sign(info_element(&format!(r#" xmlns:ds="{DS}""#), &info).as_bytes())?;
    // A broken keystore must not seal a record that no one can ever verify.
    if !signer.algorithm().is_signature(&value) {
        return Err(SignError::new("the keystore returned something that is not a signature").into());
    }
    let certificates = signer.chain().ders().fold(String::new(), |written, der| {
        written + "<ds:X509Certificate>" + &base64(der) + "</ds:X509Certificate>"
    });
    Ok(format!(
        "<ds:Signature xmlns:ds=\"{DS}\" Id=\"signature\">{info}<ds:SignatureValue>{value}</ds:SignatureValue>\
         <ds:KeyInfo><ds:X509Data>{certificates}</ds:X509Data></ds:KeyInfo>\
         <ds:Object><xades:QualifyingProperties xmlns:xades=\"{XADES}\" Target=\"#signature\">{properties}\
         </xades:QualifyingProperties></ds:Object></ds:Signature>",
        info = info_element("", &info),
        value = base64(&value),
        properties = properties_element("", &properties),
    ))
}

fn info_element(namespaces: &str, content: &str) -> String {
    format!("<ds:SignedInfo{namespaces}>{content}</ds:SignedInfo>")
}

fn properties_element(namespaces: &str, content: &str) -> String {
    format!("<xades:SignedProperties{namespaces} Id=\"signed-properties\">{content}</xades:SignedProperties>")
}

/// What stands inside `SignedInfo` (XML-DSig 1.1, section 4.4).
fn signed_info(method: &str, content: &[u8; 32], properties: &[u8; 32]) -> String {
    format!(
        "<ds:CanonicalizationMethod Algorithm=\"{C14N11}\"></ds:CanonicalizationMethod>\
         <ds:SignatureMethod Algorithm=\"{method}\"></ds:SignatureMethod>\
         <ds:Reference Id=\"content\" URI=\"{CONTENT_NAME}\">{SHA256_METHOD}\
         <ds:DigestValue>{}</ds:DigestValue></ds:Reference>\
         <ds:Reference Type=\"{SIGNED_PROPERTIES}\" URI=\"#signed-properties\">\
         <ds:Transforms><ds:Transform Algorithm=\"{C14N11}\"></ds:Transform></ds:Transforms>{SHA256_METHOD}\
         <ds:DigestValue>{}</ds:DigestValue></ds:Reference>",
        base64(content),
        base64(properties),
    )
}

/// What stands inside `SignedProperties` (EN 319 132-1, sections 5.2.1, 5.2.2, 5.2.3, 5.2.4).
fn signed_properties(claims: &Claims<'_>, certificate: &[u8]) -> Result<String, SealError> {
    let qualifiers = match claims.qualifiers {
        None => String::new(),
        Some(qualifiers) => format!(
            "<xades:CommitmentTypeQualifiers><xades:CommitmentTypeQualifier>{}</xades:CommitmentTypeQualifier>\
             </xades:CommitmentTypeQualifiers>",
            text("CommitmentTypeQualifier", &qualifiers.to_json())?
        ),
    };
    Ok(format!(
        "<xades:SignedSignatureProperties><xades:SigningTime>{time}</xades:SigningTime>\
         <xades:SigningCertificateV2><xades:Cert><xades:CertDigest>{SHA256_METHOD}\
         <ds:DigestValue>{digest}</ds:DigestValue></xades:CertDigest></xades:Cert></xades:SigningCertificateV2>\
         </xades:SignedSignatureProperties><xades:SignedDataObjectProperties>\
         <xades:DataObjectFormat ObjectReference=\"#content\"><xades:ObjectIdentifier>\
         <xades:Identifier>{form}</xades:Identifier></xades:ObjectIdentifier>\
         <xades:MimeType>application/fhir+xml</xades:MimeType></xades:DataObjectFormat>\
         <xades:CommitmentTypeIndication><xades:CommitmentTypeId>\
         <xades:Identifier Qualifier=\"OIDAsURN\">urn:oid:{oid}</xades:Identifier>\
         <xades:Description>{words}</xades:Description></xades:CommitmentTypeId>\
         <xades:ObjectReference>#content</xades:ObjectReference>{qualifiers}\
         </xades:CommitmentTypeIndication></xades:SignedDataObjectProperties>",
        time = utc(claims.signing_time),
        digest = base64(sha256(certificate)),
        form = text("ObjectIdentifier", claims.canonicalization)?,
        oid = text("CommitmentTypeId", claims.commitment)?,
        words = text("CommitmentTypeId.Description", claims.description)?,
    ))
}

/// Text as C14N writes it (section 1.1); what XML 1.0 cannot carry is refused.
fn text(element: &str, value: &str) -> Result<String, SealError> {
    let mut written = String::with_capacity(value.len());
    for character in value.chars() {
        match character {
            '&' => written.push_str("&amp;"),
            '<' => written.push_str("&lt;"),
            '>' => written.push_str("&gt;"),
            '\r' => written.push_str("&#xD;"),
            '\t' | '\n' => written.push(character),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {
                return Err(SealError::incomplete(element, "has a character that XML cannot carry"));
            }
            _ => written.push(character),
        }
    }
    Ok(written)
}
