package attesta.interop;

import com.fasterxml.jackson.databind.JsonNode;
import eu.europa.esig.dss.alert.SilentOnStatusAlert;
import eu.europa.esig.dss.enumerations.CommitmentTypeEnum;
import eu.europa.esig.dss.enumerations.DigestAlgorithm;
import eu.europa.esig.dss.enumerations.JWSSerializationType;
import eu.europa.esig.dss.enumerations.SigDMechanism;
import eu.europa.esig.dss.enumerations.SignatureLevel;
import eu.europa.esig.dss.enumerations.SignaturePackaging;
import eu.europa.esig.dss.jades.JAdESSignatureParameters;
import eu.europa.esig.dss.jades.JAdESSigningTimeType;
import eu.europa.esig.dss.jades.JAdESTimestampParameters;
import eu.europa.esig.dss.jades.signature.JAdESService;
import eu.europa.esig.dss.model.BLevelParameters;
import eu.europa.esig.dss.model.DSSDocument;
import eu.europa.esig.dss.model.FileDocument;
import eu.europa.esig.dss.model.SignatureValue;
import eu.europa.esig.dss.model.ToBeSigned;
import eu.europa.esig.dss.signature.AbstractSignatureParameters;
import eu.europa.esig.dss.signature.DocumentSignatureService;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.spi.x509.tsp.KeyEntityTSPSource;
import eu.europa.esig.dss.token.DSSPrivateKeyEntry;
import eu.europa.esig.dss.token.Pkcs12SignatureToken;
import eu.europa.esig.dss.xades.XAdESSignatureParameters;
import eu.europa.esig.dss.xades.XAdESTimestampParameters;
import eu.europa.esig.dss.xades.signature.XAdESService;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStore.PasswordProtection;
import java.time.Instant;
import java.util.Date;
import java.util.List;

/**
 * DSS as signer, detached, with the key of a PKCS#12 file. Above baseline B it also is its own time stamp authority, with
 * the key of another, and takes the revocation values that the request gives.
 */
final class Signing {
    private static final String C14N_11 = "http://www.w3.org/2006/12/xml-c14n11";

    private Signing() {}

    static JsonNode sign(JsonNode request) throws IOException, GeneralSecurityException {
        Date at = Date.from(Instant.parse(Peers.text(request, "at")));
        DSSDocument payload = new FileDocument(Peers.path(request, "payload").toFile());
        PasswordProtection password = new PasswordProtection(Peers.text(request, "password").toCharArray());
        try (Pkcs12SignatureToken token =
                new Pkcs12SignatureToken(Peers.path(request, "pkcs12").toFile(), password)) {
            DSSPrivateKeyEntry key = token.getKeys().get(0);
            DSSDocument signed = switch (Peers.text(request, "form")) {
                case "jades-compact" ->
                    jades(JWSSerializationType.COMPACT_SERIALIZATION, request, payload, at, token, key);
                case "jades-flattened" ->
                    jades(JWSSerializationType.FLATTENED_JSON_SERIALIZATION, request, payload, at, token, key);
                case "xades" -> xades(payload, at, token, key);
                default -> throw new IllegalArgumentException("there is no form " + request.get("form"));
            };
            Path out = Peers.path(request, "out");
            signed.save(out.toString());
        }
        return Peers.JSON.createObjectNode();
    }

    private static DSSDocument jades(
            JWSSerializationType form, JsonNode request, DSSDocument payload, Date at, Pkcs12SignatureToken token,
            DSSPrivateKeyEntry key) throws IOException, GeneralSecurityException {
        JAdESSignatureParameters parameters = new JAdESSignatureParameters();
        SignatureLevel level = request.hasNonNull("level")
                ? SignatureLevel.valueByName(Peers.text(request, "level"))
                : SignatureLevel.JAdES_BASELINE_B;
        parameters.setSignatureLevel(level);
        parameters.setJwsSerializationType(form);
        // RFC 7515, appendix F: the payload is left out, and nothing in the header says where it is.
        parameters.setSigDMechanism(SigDMechanism.NO_SIG_D);
        parameters.setBase64UrlEncodedPayload(true);
        parameters.setJadesSigningTimeType(JAdESSigningTimeType.IAT);
        parameters.setIncludeKeyIdentifier(false);
        common(parameters, at, key);
        if (level == SignatureLevel.JAdES_BASELINE_B) {
            JAdESService service = new JAdESService(new CommonCertificateVerifier());
            return made(service, parameters, payload, token, key);
        }
        CommonCertificateVerifier verifier = SignatureValidation.verifier(request);
        // The time of the request is not that of this computer, which these two are about.
        verifier.setAlertOnExpiredCertificate(new SilentOnStatusAlert());
        verifier.setAlertOnNotYetValidCertificate(new SilentOnStatusAlert());
        JAdESService service = new JAdESService(verifier);
        service.setTspSource(timeStamps(request));
        return made(service, parameters, payload, token, key);
    }

    private static KeyEntityTSPSource timeStamps(JsonNode request) throws IOException, GeneralSecurityException {
        char[] password = Peers.text(request, "password").toCharArray();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream stream = Files.newInputStream(Peers.path(request, "tsa"))) {
            store.load(stream, password);
        }
        KeyEntityTSPSource source = new KeyEntityTSPSource(store, store.aliases().nextElement(), password);
        source.setTsaPolicy("1.3.6.1.4.1.32473.3161.2");
        source.setProductionTime(Date.from(Instant.parse(Peers.text(request, "stampedAt"))));
        return source;
    }

    private static DSSDocument xades(DSSDocument payload, Date at, Pkcs12SignatureToken token, DSSPrivateKeyEntry key) {
        XAdESSignatureParameters parameters = new XAdESSignatureParameters();
        parameters.setSignatureLevel(SignatureLevel.XAdES_BASELINE_B);
        parameters.setSignedInfoCanonicalizationMethod(C14N_11);
        parameters.setSignedPropertiesCanonicalizationMethod(C14N_11);
        common(parameters, at, key);
        XAdESService service = new XAdESService(new CommonCertificateVerifier());
        return made(service, parameters, payload, token, key);
    }

    private static void common(AbstractSignatureParameters<?> parameters, Date at, DSSPrivateKeyEntry key) {
        parameters.setSignaturePackaging(SignaturePackaging.DETACHED);
        parameters.setDigestAlgorithm(DigestAlgorithm.SHA256);
        parameters.setSigningCertificate(key.getCertificate());
        parameters.setCertificateChain(key.getCertificateChain());
        BLevelParameters level = parameters.bLevel();
        level.setSigningDate(at);
        level.setCommitmentTypeIndications(List.of(CommitmentTypeEnum.ProofOfOrigin));
    }

    private static <P extends AbstractSignatureParameters<T>, T extends eu.europa.esig.dss.model.TimestampParameters> DSSDocument made(
            DocumentSignatureService<P, T> service, P parameters, DSSDocument payload, Pkcs12SignatureToken token,
            DSSPrivateKeyEntry key) {
        ToBeSigned toBeSigned = service.getDataToSign(payload, parameters);
        SignatureValue value = token.sign(toBeSigned, parameters.getDigestAlgorithm(), key);
        return service.signDocument(payload, parameters, value);
    }
}
