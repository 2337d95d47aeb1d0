package attesta.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import eu.europa.esig.dss.diagnostic.DiagnosticData;
import eu.europa.esig.dss.diagnostic.SignatureWrapper;
import eu.europa.esig.dss.jaxb.object.Message;
import eu.europa.esig.dss.model.DSSDocument;
import eu.europa.esig.dss.model.FileDocument;
import eu.europa.esig.dss.model.x509.CertificateToken;
import eu.europa.esig.dss.simplereport.SimpleReport;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.spi.x509.CommonCertificateSource;
import eu.europa.esig.dss.spi.x509.CommonTrustedCertificateSource;
import eu.europa.esig.dss.spi.x509.revocation.crl.ExternalResourcesCRLSource;
import eu.europa.esig.dss.spi.x509.revocation.ocsp.ExternalResourcesOCSPSource;
import eu.europa.esig.dss.validation.SignedDocumentValidator;
import eu.europa.esig.dss.validation.reports.Reports;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;

/** DSS as verifier of JAdES and XAdES, by its own policy (ETSI EN 319 102-1), with nothing but what the request gives. */
final class SignatureValidation {
    private SignatureValidation() {}

    static JsonNode validate(JsonNode request) throws IOException, GeneralSecurityException {
        DSSDocument signature = new FileDocument(Peers.path(request, "signature").toFile());
        SignedDocumentValidator validator = SignedDocumentValidator.fromDocument(signature);
        validator.setDetachedContents(documents(Peers.paths(request, "detached")));
        validator.setCertificateVerifier(verifier(request));
        if (request.hasNonNull("at")) {
            validator.setValidationTime(Date.from(Instant.parse(Peers.text(request, "at"))));
        }
        return answer(validator.validateDocument());
    }

    /** Anchors, further certificates and revocation data from files; no source that could reach a network. */
    static CommonCertificateVerifier verifier(JsonNode request) throws IOException, GeneralSecurityException {
        CommonTrustedCertificateSource anchors = new CommonTrustedCertificateSource();
        for (Path path : Peers.paths(request, "anchors")) {
            certificates(path).forEach(anchors::addCertificate);
        }
        CommonCertificateSource others = new CommonCertificateSource();
        for (Path path : Peers.paths(request, "certificates")) {
            certificates(path).forEach(others::addCertificate);
        }
        CommonCertificateVerifier verifier = new CommonCertificateVerifier();
        verifier.setAIASource(null);
        verifier.setTrustedCertSources(anchors);
        verifier.setAdjunctCertSources(others);
        verifier.setCrlSource(new ExternalResourcesCRLSource(array(Peers.paths(request, "crls"))));
        verifier.setOcspSource(new ExternalResourcesOCSPSource(array(Peers.paths(request, "ocsps"))));
        return verifier;
    }

    /** Every certificate of a PEM or DER file. */
    static List<CertificateToken> certificates(Path path) throws IOException, GeneralSecurityException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<CertificateToken> tokens = new ArrayList<>();
        for (Certificate one : factory.generateCertificates(new ByteArrayInputStream(Files.readAllBytes(path)))) {
            tokens.add(new CertificateToken((X509Certificate) one));
        }
        return tokens;
    }

    private static DSSDocument[] array(List<Path> paths) {
        return documents(paths).toArray(DSSDocument[]::new);
    }

    private static List<DSSDocument> documents(List<Path> paths) {
        List<DSSDocument> documents = new ArrayList<>();
        paths.forEach(path -> documents.add(new FileDocument(path.toFile())));
        return documents;
    }

    private static JsonNode answer(Reports reports) {
        SimpleReport report = reports.getSimpleReport();
        DiagnosticData data = reports.getDiagnosticData();
        ObjectNode answer = Peers.JSON.createObjectNode();
        ArrayNode signatures = answer.putArray("signatures");
        for (String id : report.getSignatureIdList()) {
            SignatureWrapper wrapper = data.getSignatureById(id);
            ObjectNode one = signatures.addObject();
            one.put("level", String.valueOf(report.getSignatureFormat(id)));
            one.put("indication", String.valueOf(report.getIndication(id)));
            one.put("subIndication", report.getSubIndication(id) == null ? "" : report.getSubIndication(id).name());
            // Of the bytes alone, whatever is thought of the certificate.
            one.put("intact", wrapper.isSignatureIntact() && wrapper.isSignatureValid());
            one.put("structure", wrapper.isStructuralValidationValid());
            wrapper.getStructuralValidationMessages().forEach(one.putArray("structureMessages")::add);
            messages(one.putArray("errors"), report.getAdESValidationErrors(id));
            messages(one.putArray("warnings"), report.getAdESValidationWarnings(id));
            ArrayNode timestamps = one.putArray("timestamps");
            report.getSignatureTimestamps(id).forEach(stamp -> {
                ObjectNode two = timestamps.addObject();
                two.put("indication", String.valueOf(stamp.getIndication()));
                two.put("subIndication", stamp.getSubIndication() == null ? "" : stamp.getSubIndication().name());
                two.put("time", stamp.getProductionTime().toInstant().toString());
            });
        }
        return answer;
    }

    private static void messages(ArrayNode list, List<Message> messages) {
        messages.forEach(message -> list.add(message.getValue()));
    }
}
