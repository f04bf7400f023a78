package dev.respite.spring.boot;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

/** The names of the properties below {@code respite}. */
final class PropertyNames {

    private PropertyNames() {}

    /** The names that exist in the place of the last element of a name; empty if nothing may stand there. */
    static List<String> knownAt(ConfigurationPropertyName name) {
        int depth = name.getNumberOfElements();
        String first = depth > 1 ? element(name, 1) : "";
        if (depth == 2) {
            return names(RespiteProperties.class);
        }
        if (first.equals("http")) {
            boolean group = depth == 5 && element(name, 2).equals("groups");
            return group ? names(RespiteProperties.Group.class) : depth == 3 ? names(RespiteProperties.Http.class) : List.of();
        }
        int below = first.equals("policies") ? 3 : first.equals("defaults") ? 2 : depth;
        if (depth == below + 1) {
            return names(PolicyProperties.class);
        }
        return depth == below + 3 && isErrors(name, below) ? names(ErrorProperties.class) : List.of();
    }

    /** Returns whether a name has more elements than the property of an error: its name was taken apart. */
    static boolean isInsideAnError(ConfigurationPropertyName name) {
        int depth = name.getNumberOfElements();
        return (depth > 4 && isErrors(name, 2)) || (depth > 5 && isErrors(name, 3));
    }

    private static boolean isErrors(ConfigurationPropertyName name, int index) {
        return name.getNumberOfElements() > index && element(name, index).equals("errors");
    }

    private static String element(ConfigurationPropertyName name, int index) {
        return name.getElement(index, Form.UNIFORM);
    }

    private static List<String> names(Class<? extends Record> type) {
        return Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getName)
                .map(name -> name.replaceAll("([A-Z])", "-$1").toLowerCase(java.util.Locale.ROOT))
                .toList();
    }
}
