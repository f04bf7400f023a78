package dev.respite.spring.boot.idempotency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.idempotency.store.Fingerprint;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.util.ReflectionUtils;
import tools.jackson.databind.json.JsonMapper;

/** Fingerprints of the arguments of a method with a key. */
class MethodArgumentsTest {

    /** A service with a pointer to what an order may lack. */
    static class Orders {

        @Idempotent(key = "#a0", fingerprint = "/order/amount")
        void order(String id, Map<String, Object> order) {}
    }

    private static List<Fingerprint> of(Map<String, Object> order) {
        Method method = ReflectionUtils.findMethod(Orders.class, "order", String.class, Map.class);
        return new MethodArguments(method, method.getAnnotation(Idempotent.class), new JsonMapper())
                .fingerprints(new Object[] {"1", order});
    }

    @Test
    void fingerprints_partsThatAreThere_compareTheseOnly() {
        assertThat(of(Map.of("amount", 1, "sentAt", 1)))
                .hasSize(1)
                .isEqualTo(of(Map.of("amount", 1, "sentAt", 2)))
                .isNotEqualTo(of(Map.of("amount", 2, "sentAt", 1)));
    }

    /** The second one is of earlier releases, for which all such arguments are equal. */
    @Test
    void fingerprints_noneOfTheParts_compareTheWholeArgument() {
        List<Fingerprint> one = of(Map.of("amuont", 1));
        List<Fingerprint> other = of(Map.of("amuont", 2));
        assertThat(one).hasSize(2);
        assertThat(one.get(0)).isNotIn(other);
        assertThat(one.get(1)).isEqualTo(other.get(1));
    }
}
