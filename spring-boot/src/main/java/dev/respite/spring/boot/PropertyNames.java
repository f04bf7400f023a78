package dev.respite.spring.boot;

import dev.respite.spring.boot.durable.DurableProperties;
import dev.respite.spring.boot.idempotency.IdempotencyProperties;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

/** The names of the properties below {@code respite}, to say what is wrong with one that does not exist. */
final class PropertyNames {

    private PropertyNames() {}

    /**
     * An element of a name that does not exist.
     *
     * @param element the element, as it was written
     * @param known what may stand in its place
     */
    record Unknown(String element, List<String> known) {}

    /** Finds the first element of a name that does not exist; empty if all do, so that there are too many. */
    static Optional<Unknown> firstUnknown(ConfigurationPropertyName name) {
        return unknown(name, 1, RespiteProperties.class).or(() -> switch (element(name, 1)) {
            case "defaults" -> ofPolicy(name, 2);
            case "policies" -> ofPolicy(name, 3);
            case "http" -> ofHttp(name);
            case "idempotency" -> ofIdempotency(name);
            case "durable" -> ofDurable(name);
            default -> Optional.empty();
        });
    }

    private static Optional<Unknown> ofPolicy(ConfigurationPropertyName name, int index) {
        return unknown(name, index, PolicyProperties.class)
                .or(() -> isErrors(name, index) ? unknown(name, index + 2, ErrorProperties.class) : Optional.empty());
    }

    private static Optional<Unknown> ofHttp(ConfigurationPropertyName name) {
        return unknown(name, 2, RespiteProperties.Http.class)
                .or(() -> element(name, 2).equals("groups")
                        ? unknown(name, 4, RespiteProperties.Group.class)
                        : Optional.empty());
    }

    private static Optional<Unknown> ofIdempotency(ConfigurationPropertyName name) {
        return unknown(name, 2, IdempotencyProperties.class).or(() -> switch (element(name, 2)) {
            case "jdbc" -> unknown(name, 3, IdempotencyProperties.Jdbc.class);
            case "purge" -> unknown(name, 3, IdempotencyProperties.Purge.class);
            default -> Optional.empty();
        });
    }

    private static Optional<Unknown> ofDurable(ConfigurationPropertyName name) {
        return unknown(name, 2, DurableProperties.class)
                .or(() -> element(name, 2).equals("tables")
                        ? unknown(name, 3, DurableProperties.Tables.class)
                        : Optional.empty());
    }

    private static Optional<Unknown> unknown(ConfigurationPropertyName name, int index, Class<? extends Record> type) {
        List<String> known = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getName)
                .map(component -> component.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT))
                .toList();
        boolean exists = name.getNumberOfElements() <= index
                || known.stream().anyMatch(each -> each.replace("-", "").equals(element(name, index)));
        return exists ? Optional.empty() : Optional.of(new Unknown(name.getElement(index, Form.DASHED), known));
    }

    /** Returns whether the name of an error in a property was taken apart at its dots. */
    static boolean hasDividedError(ConfigurationPropertyName name) {
        int depth = name.getNumberOfElements();
        return (depth > 5 && isErrors(name, 2)) || (depth > 6 && isErrors(name, 3));
    }

    private static boolean isErrors(ConfigurationPropertyName name, int index) {
        return element(name, index).equals("errors");
    }

    private static String element(ConfigurationPropertyName name, int index) {
        return index < name.getNumberOfElements() ? name.getElement(index, Form.UNIFORM) : "";
    }
}
