package attesta.interop;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.context.support.ValidationSupportContext;
import ca.uhn.fhir.parser.IParser;
import ca.uhn.fhir.util.FhirTerser;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.SingleValidationMessage;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.PrePopulatedValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.instance.model.api.IBase;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r5.utils.validation.constants.BestPracticeWarningLevel;

/** HL7's validator with the definitions that HAPI FHIR packs, one for each release, made when it is first asked. */
final class FhirValidation {
    private final Map<String, Release> releases = new HashMap<>();

    /** A Questionnaire, StructureDefinition, ValueSet or CodeSystem that later resources refer to. */
    JsonNode learn(String version, Path file) throws IOException {
        release(version).learn(file);
        return Peers.JSON.createObjectNode();
    }

    JsonNode validate(String version, Path file) throws IOException {
        return release(version).validate(file);
    }

    /** The concepts of one of HL7's own value sets. */
    JsonNode expand(String version, String url) {
        return release(version).expand(url);
    }

    private Release release(String version) {
        return releases.computeIfAbsent(version, name -> new Release(switch (name) {
            case "R4" -> FhirContext.forR4();
            case "R5" -> FhirContext.forR5();
            default -> throw new IllegalArgumentException("there is no release " + name);
        }));
    }

    private static final class Release {
        private final FhirContext context;
        private final Learnt learnt;
        private final ValidationSupportChain support;
        private final FhirValidator validator;

        Release(FhirContext context) {
            this.context = context;
            learnt = new Learnt(context);
            support = new ValidationSupportChain(
                    learnt,
                    new DefaultProfileValidationSupport(context),
                    new CommonCodeSystemsTerminologyService(context),
                    new InMemoryTerminologyServerValidationSupport(context),
                    new SnapshotGeneratingValidationSupport(context));
            FhirInstanceValidator module = new FhirInstanceValidator(support);
            module.setBestPracticeWarningLevel(BestPracticeWarningLevel.Ignore);
            module.setErrorForUnknownProfiles(true);
            // References name resources of a server that is not here.
            module.setAssumeValidRestReferences(true);
            validator = context.newValidator().registerValidatorModule(module);
        }

        void learn(Path file) throws IOException {
            String text = Files.readString(file);
            learnt.learn(parser(text).parseResource(text));
            support.invalidateCaches();
        }

        JsonNode validate(Path file) throws IOException {
            ObjectNode answer = Peers.JSON.createObjectNode();
            ArrayNode issues = answer.putArray("issues");
            for (SingleValidationMessage message : validator.validateWithResult(Files.readString(file)).getMessages()) {
                ObjectNode issue = issues.addObject();
                issue.put("severity", message.getSeverity().getCode());
                issue.put("location", message.getLocationString());
                issue.put("code", message.getMessageId());
                issue.put("message", message.getMessage());
            }
            return answer;
        }

        JsonNode expand(String url) {
            IBaseResource set = support.fetchValueSet(url);
            if (set == null) {
                throw new IllegalArgumentException("there is no value set " + url);
            }
            var outcome = support.expandValueSet(new ValidationSupportContext(support), null, set);
            if (outcome == null || outcome.getValueSet() == null) {
                throw new IllegalStateException("cannot be expanded: " + (outcome == null ? url : outcome.getError()));
            }
            ObjectNode answer = Peers.JSON.createObjectNode();
            ArrayNode concepts = answer.putArray("concepts");
            FhirTerser terser = context.newTerser();
            for (IBase contains : terser.getValues(outcome.getValueSet(), "ValueSet.expansion.contains")) {
                ObjectNode concept = concepts.addObject();
                for (String name : List.of("system", "code", "display")) {
                    concept.put(name, terser.getSinglePrimitiveValueOrNull(contains, name));
                }
            }
            return answer;
        }

        private IParser parser(String text) {
            return text.stripLeading().startsWith("<") ? context.newXmlParser() : context.newJsonParser();
        }
    }

    /** What was learnt; a Questionnaire too is found by its canonical URL, with and without the version. */
    private static final class Learnt extends PrePopulatedValidationSupport {
        private final Map<String, IBaseResource> questionnaires = new HashMap<>();

        Learnt(FhirContext context) {
            super(context);
        }

        void learn(IBaseResource resource) {
            if (!getFhirContext().getResourceType(resource).equals("Questionnaire")) {
                addResource(resource);
                return;
            }
            FhirTerser terser = getFhirContext().newTerser();
            String url = terser.getSinglePrimitiveValueOrNull(resource, "url");
            String version = terser.getSinglePrimitiveValueOrNull(resource, "version");
            questionnaires.put(url, resource);
            questionnaires.put(url + "|" + version, resource);
        }

        @Override
        public <T extends IBaseResource> T fetchResource(Class<T> type, String canonical) {
            IBaseResource found = questionnaires.get(canonical);
            return type != null && type.isInstance(found) ? type.cast(found) : super.fetchResource(type, canonical);
        }
    }
}
