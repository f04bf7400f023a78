package dev.respite.spring.boot;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/** The reflection that Spring does not find by itself: the components of properties, their conversion, and events. */
final class RespiteRuntimeHints implements RuntimeHintsRegistrar {

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader loader) {
        List.of(
                        RespiteProperties.class,
                        RespiteProperties.Http.class,
                        RespiteProperties.Group.class,
                        PolicyProperties.class,
                        ErrorProperties.class,
                        TimeLimit.class)
                .forEach(type -> hints.reflection().registerType(type, MemberCategory.INVOKE_DECLARED_METHODS));
        for (String event : List.of("CallEvent", "AttemptEvent")) {
            hints.reflection()
                    .registerTypeIfPresent(
                            loader, "dev.respite.FlightRecorder$" + event, MemberCategory.ACCESS_DECLARED_FIELDS);
        }
    }
}
