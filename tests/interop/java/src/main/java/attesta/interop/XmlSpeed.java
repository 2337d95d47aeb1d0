package attesta.interop;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.IParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.hl7.fhir.r4.model.Bundle;

/**
 * How long HAPI FHIR's parser takes from JSON to XML and back to JSON, for scripts/bench-xml. Prints one line of JSON:
 * the tenth percentile and the median in nanoseconds, after the warm-up.
 */
public final class XmlSpeed {
    private static final long WARM_UP = 15_000_000_000L;
    private static final long MEASURED = 10_000_000_000L;

    private XmlSpeed() {}

    public static void main(String[] arguments) throws IOException {
        String given = Files.readString(Path.of(arguments[0]));
        FhirContext context = FhirContext.forR4();
        int entries = context.newJsonParser().parseResource(Bundle.class, given).getEntry().size();
        String back = thereAndBack(context, given);
        if (context.newJsonParser().parseResource(Bundle.class, back).getEntry().size() != entries) {
            throw new IllegalStateException("HAPI FHIR lost entries on the way");
        }
        long[] times = new long[100_000];
        int count = 0;
        long began = System.nanoTime();
        while (System.nanoTime() - began < WARM_UP + MEASURED) {
            long start = System.nanoTime();
            back = thereAndBack(context, given);
            long end = System.nanoTime();
            if (start - began >= WARM_UP) {
                times[count++] = end - start;
            }
        }
        Arrays.sort(times, 0, count);
        System.out.printf(
                "{\"tenth\": %d, \"median\": %d, \"rounds\": %d, \"characters\": %d}%n",
                times[count / 10], times[count / 2], count, back.length());
    }

    private static String thereAndBack(FhirContext context, String json) {
        IParser jsonParser = context.newJsonParser();
        IParser xmlParser = context.newXmlParser();
        String xml = xmlParser.encodeResourceToString(jsonParser.parseResource(Bundle.class, json));
        return jsonParser.encodeResourceToString(xmlParser.parseResource(Bundle.class, xml));
    }
}
