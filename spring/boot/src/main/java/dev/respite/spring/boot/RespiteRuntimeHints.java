package dev.respite.spring.boot;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;
import org.springframework.util.ClassUtils;

/** The reflection that Spring does not find by itself: the components of properties, their conversion, events and proxies. */
final class RespiteRuntimeHints implements RuntimeHintsRegistrar {

    /** The interfaces of which durable calls and idempotent endpoints make proxies. An application need not have them. */
    private static final List<String> PROXIED = List.of(
            "javax.sql.DataSource",
            "java.sql.Connection",
            "java.sql.CallableStatement",
            "java.sql.PreparedStatement",
            "java.sql.Statement",
            "java.sql.ResultSet",
            "java.sql.DatabaseMetaData",
            "com.github.kagkarlsson.scheduler.jdbc.JdbcCustomization",
            "jakarta.servlet.AsyncContext",
            "jakarta.servlet.AsyncListener",
            "jakarta.servlet.http.HttpServletResponse");

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader loader) {
        List.of(RespiteProperties.class, PolicyProperties.class, ErrorProperties.class, TimeLimit.class)
                .forEach(type -> hints.reflection().registerType(type, MemberCategory.INVOKE_DECLARED_METHODS));
        for (String event : List.of("CallEvent", "AttemptEvent")) {
            hints.reflection()
                    .registerTypeIfPresent(
                            loader, "dev.respite.FlightRecorder$" + event, MemberCategory.ACCESS_DECLARED_FIELDS);
        }
        hints.reflection().registerTypeIfPresent(loader, "jdk.jfr.Event");
        PROXIED.stream().filter(type -> ClassUtils.isPresent(type, loader)).forEach(type -> proxied(hints, type));
    }

    private static void proxied(RuntimeHints hints, String type) {
        TypeReference proxied = TypeReference.of(type);
        hints.proxies().registerJdkProxy(proxied);
        hints.reflection().registerType(proxied, MemberCategory.INVOKE_PUBLIC_METHODS);
    }
}
