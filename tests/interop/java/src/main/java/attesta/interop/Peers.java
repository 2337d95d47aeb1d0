package attesta.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks HL7's validator and the EU's DSS on behalf of the tests. Reads one request a line (JSON) from standard input and
 * answers each with one line of JSON on standard output, until the input ends. tests/interop/README.md lists the
 * requests. Nothing here opens a connection.
 */
public final class Peers {
    static final ObjectMapper JSON = new ObjectMapper();

    private Peers() {}

    public static void main(String[] arguments) throws IOException {
        PrintStream answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        // The libraries may print what they like, but not between the answers.
        System.setOut(System.err);
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        FhirValidation fhir = new FhirValidation();
        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            answers.println(JSON.writeValueAsString(answer(fhir, line)));
        }
    }

    private static JsonNode answer(FhirValidation fhir, String line) {
        try {
            JsonNode request = JSON.readTree(line);
            String wanted = text(request, "do");
            return switch (wanted) {
                case "learn-fhir" -> fhir.learn(text(request, "version"), path(request, "file"));
                case "validate-fhir" -> fhir.validate(text(request, "version"), path(request, "file"));
                case "expand-fhir" -> fhir.expand(text(request, "version"), text(request, "url"));
                case "validate-signature" -> SignatureValidation.validate(request);
                case "sign" -> Signing.sign(request);
                default -> throw new IllegalArgumentException("there is no request " + wanted);
            };
        } catch (Exception | LinkageError error) {
            ObjectNode failed = JSON.createObjectNode();
            failed.put("error", error.getClass().getSimpleName() + ": " + error.getMessage());
            return failed;
        }
    }

    static String text(JsonNode request, String name) {
        JsonNode value = request.get(name);
        if (value == null || !value.isTextual()) {
            throw new IllegalArgumentException("the request has no text \"" + name + "\"");
        }
        return value.textValue();
    }

    static Path path(JsonNode request, String name) {
        return Path.of(text(request, name));
    }

    /** The files that a request lists under a name; none when it does not have the name. */
    static List<Path> paths(JsonNode request, String name) {
        List<Path> paths = new ArrayList<>();
        request.path(name).forEach(one -> paths.add(Path.of(one.textValue())));
        return paths;
    }
}
