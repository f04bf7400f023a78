package dev.respite.spring.boot;

import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;
import org.springframework.util.ClassUtils;

/** The reflection that Spring does not find by itself: the components of properties, their conversion, events and proxies. */
final class RespiteRuntimeHints implements RuntimeHintsRegistrar {

    /** The interfaces of which durable calls and idempotent endpoints make proxies. */
    private static final List<Class<?>> OF_JDBC = List.of(
            DataSource.class,
            Connection.class,
            CallableStatement.class,
            PreparedStatement.class,
            Statement.class,
            ResultSet.class,
            DatabaseMetaData.class);

    private static final List<String> OF_LIBRARIES = List.of(
            "com.github.kagkarlsson.scheduler.jdbc.JdbcCustomization",
            "jakarta.servlet.AsyncContext",
            "jakarta.servlet.AsyncListener",
            "jakarta.servlet.http.HttpServletResponse");

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
        hints.reflection().registerTypeIfPresent(loader, "jdk.jfr.Event");
        OF_JDBC.forEach(type -> proxied(hints, type.getName()));
        OF_LIBRARIES.stream().filter(type -> ClassUtils.isPresent(type, loader)).forEach(type -> proxied(hints, type));
    }

    private static void proxied(RuntimeHints hints, String type) {
        TypeReference proxied = TypeReference.of(type);
        hints.proxies().registerJdkProxy(proxied);
        hints.reflection().registerType(proxied, MemberCategory.INVOKE_PUBLIC_METHODS);
    }
}
