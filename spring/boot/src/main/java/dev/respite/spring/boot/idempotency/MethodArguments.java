package dev.respite.spring.boot.idempotency;

import static dev.respite.spring.boot.idempotency.AnnotatedMethods.require;

import dev.respite.idempotency.IdempotencyKey;
import dev.respite.idempotency.store.Fingerprint;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.context.expression.MethodBasedEvaluationContext;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.expression.Expression;
import org.springframework.expression.ExpressionException;
import org.springframework.expression.spel.standard.SpelExpressionParser;
import org.springframework.util.ClassUtils;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Computes keys and fingerprints of the arguments of a method. */
final class MethodArguments {

    private static final DefaultParameterNameDiscoverer NAMES = new DefaultParameterNameDiscoverer();
    private static final Object NO_ROOT = new Object();

    /** The order of properties and of the entries of maps does not matter. */
    private static final JsonMapper SORTED =
            JsonMapper.builder().enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED).build();

    private final Method method;
    private final JsonMapper mapper;
    private final boolean keyRequired;
    private final Expression key;
    private final List<JsonPointer> compared;
    private final List<String> names;

    MethodArguments(Method method, Idempotent annotation, JsonMapper mapper) {
        this.method = method;
        this.mapper = mapper;
        this.keyRequired = annotation.keyRequired();
        this.key = new SpelExpressionParser().parseExpression(annotation.key());
        String[] pointers = annotation.fingerprint();
        this.compared = pointers.length == 0
                ? List.of(JsonPointer.empty())
                : Stream.of(pointers).map(JsonPointer::compile).toList();
        this.names = Stream.of(method.getParameters()).map(Parameter::getName).toList();
        String other = "#(?!(this|[ap]\\d+|" + String.join("|", names) + ")\\b)\\w*";
        String text = annotation.key().replaceAll("'[^']*'", "");
        require(
                text.contains("#") && !Pattern.compile(other).matcher(text).find(),
                "the key '" + annotation.key() + "' has a variable that is no parameter, or none: use " + names
                        + ", as '#name' if it was compiled with -parameters, or '#a0'");
        require(
                compared.stream().allMatch(each -> names.stream().anyMatch(name -> isIn(name, each))),
                "the fingerprint " + List.of(pointers) + " does not begin with parameters: use " + names
                        + ", for example \"/order/amount\"");
    }

    private static boolean isIn(String name, JsonPointer pointer) {
        return pointer.matches() || pointer.matchesProperty(name);
    }

    /** Returns the key of a call; empty if it is null and not required. */
    Optional<IdempotencyKey> key(@Nullable Object[] arguments) {
        try {
            @Nullable Object value = key.getValue(new MethodBasedEvaluationContext(NO_ROOT, method, arguments, NAMES));
            if (value == null && !keyRequired) {
                return Optional.empty();
            }
            // The text of another object may be its address.
            require(
                    value == null || BeanUtils.isSimpleValueType(value.getClass()),
                    "it is a " + ClassUtils.getDescriptiveType(value) + ": use a text, a number, a UUID or an enum");
            String text = Objects.toString(value, "");
            require(!text.isBlank(), "it is " + (value == null ? "null" : "blank") + ": name the operation by a value");
            return Optional.of(IdempotencyKey.of(text));
        } catch (IllegalArgumentException | IllegalStateException | ExpressionException invalid) {
            throw new IllegalArgumentException(
                    "the key '" + key.getExpressionString() + "' of " + method + " is not valid: "
                            + invalid.getMessage(),
                    invalid);
        }
    }

    /** Returns the fingerprints of the arguments that are compared: one, and that of earlier releases if it differs. */
    List<Fingerprint> fingerprints(@Nullable Object[] arguments) {
        Map<String, @Nullable Object> values = new TreeMap<>();
        for (int i = 0; i < arguments.length; i++) {
            String name = names.get(i);
            if (compared.stream().anyMatch(each -> isIn(name, each))) {
                values.put(name, arguments[i]);
            }
        }
        try {
            JsonNode all = mapper.valueToTree(values);
            ObjectNode parts = mapper.createObjectNode();
            // A part that is absent differs from one that is null.
            compared.stream()
                    .filter(each -> !all.at(each).isMissingNode())
                    .forEach(each -> parts.set(each.toString(), all.at(each)));
            Fingerprint selected = Fingerprint.of("1", SORTED.writeValueAsBytes(parts));
            // Not alone: arguments without any of the parts would all be equal. Earlier releases have compared them so.
            return parts.isEmpty()
                    ? List.of(Fingerprint.of("1", SORTED.writeValueAsBytes(all)), selected)
                    : List.of(selected);
        } catch (JacksonException unfit) {
            throw new IllegalArgumentException(
                    "the arguments " + values.keySet() + " of " + method
                            + " cannot be compared as JSON: select others by 'fingerprint', for example \"/order\"",
                    unfit);
        }
    }
}
