package dev.respite.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServletResponse;
import java.sql.Connection;
import java.sql.ResultSet;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.TypeReference;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;

class RespiteRuntimeHintsTest {

    private static RuntimeHints hints(ClassLoader loader) {
        RuntimeHints hints = new RuntimeHints();
        new RespiteRuntimeHints().registerHints(hints, loader);
        return hints;
    }

    /** A proxy calls the methods of the object behind it by reflection. */
    @ParameterizedTest
    @ValueSource(classes = {DataSource.class, Connection.class, ResultSet.class, HttpServletResponse.class})
    void proxiedInterface_hasAProxyAndItsMethods(Class<?> type) {
        RuntimeHints hints = hints(type.getClassLoader() == null ? getClass().getClassLoader() : type.getClassLoader());

        assertThat(hints).matches(RuntimeHintsPredicates.proxies().forInterfaces(type));
        assertThat(hints)
                .matches(RuntimeHintsPredicates.reflection()
                        .onType(type)
                        .withMemberCategory(MemberCategory.INVOKE_PUBLIC_METHODS));
    }

    @Test
    void interfaceThatTheApplicationDoesNotHave_hasNoHint() {
        RuntimeHints hints = hints(ClassLoader.getPlatformClassLoader());

        assertThat(hints.reflection().getTypeHint(TypeReference.of(HttpServletResponse.class)))
                .isNull();
        assertThat(hints.reflection().getTypeHint(TypeReference.of(DataSource.class)))
                .isNotNull();
    }
}
