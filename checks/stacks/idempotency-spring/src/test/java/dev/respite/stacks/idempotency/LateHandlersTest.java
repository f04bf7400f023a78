package dev.respite.stacks.idempotency;

import static dev.respite.stacks.idempotency.Shop.name;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.http.HttpResponse;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Handlers that respond after they have returned, behind a filter that records the response so far. */
@ParameterizedClass
@MethodSource("dev.respite.stacks.idempotency.Stack#some")
class LateHandlersTest {

    @Parameter
    private Stack stack;

    private final String key = name("key");
    private final String item = name("item");

    @ParameterizedTest
    @ValueSource(
            strings = {"/late/deferred", "/late/future", "/late/entity", "/late/callable", "/late/task", "/late/events"
            })
    void late_handler_isUnknownAndNotRunAgain(String path) throws Exception {
        Shop shop = stack.shop();
        assertThat(shop.order(path, key, item).statusCode()).isEqualTo(500);
        int rows = shop.rows(item);
        HttpResponse<String> again = shop.order(path, key, item);
        assertThat(again.statusCode()).isEqualTo(409);
        assertThat(again.body()).contains("outcome-unknown");
        assertThat(shop.rows(item)).isEqualTo(rows).isLessThanOrEqualTo(1);
    }

    @Test
    void application_thatChecksItsHandlers_findsThem() {
        SmartInitializingSingleton check =
                new Application().handlersAreSynchronous(stack.shop().bean(RequestMappingHandlerMapping.class));
        assertListed(check::afterSingletonsInstantiated);
    }

    /** In the long form only: an application that does not start takes as long as one that does. */
    @Test
    @EnabledIfSystemProperty(named = "respite.applications", matches = "all")
    void application_thatChecksItsHandlers_doesNotStart() {
        assertListed(
                () -> Shop.builder(stack).properties("shop.check=true").run().close());
    }

    private static void assertListed(ThrowingCallable start) {
        assertThatThrownBy(start)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("6 methods")
                .hasMessageContaining("BadHandlers.deferred")
                .hasMessageContaining("BadHandlers.future")
                .hasMessageContaining("BadHandlers.stream")
                .hasMessageContaining("BadHandlers.callable")
                .hasMessageContaining("BadHandlers.task")
                .hasMessageContaining("BadHandlers.events");
    }
}
