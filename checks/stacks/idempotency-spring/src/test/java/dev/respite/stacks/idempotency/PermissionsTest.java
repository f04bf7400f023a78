package dev.respite.stacks.idempotency;

import static dev.respite.stacks.idempotency.Shop.isReplay;
import static dev.respite.stacks.idempotency.Shop.name;
import static dev.respite.stacks.idempotency.Shop.send;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Which client receives which response. */
@ParameterizedClass
@MethodSource("dev.respite.stacks.idempotency.Stack#some")
class PermissionsTest {

    @Parameter
    private Stack stack;

    private final String key = name("key");
    private final String item = name("item");

    private Shop shop() {
        return stack.shop();
    }

    @Test
    void order_withoutLogin_isRefusedAndClaimsNothing() throws Exception {
        HttpResponse<String> refused = send(
                shop().anonymous("/orders").header(Shop.KEY, '"' + key + '"').POST(BodyPublishers.ofString(item)));
        assertThat(refused.statusCode()).isEqualTo(401);
        HttpResponse<String> allowed = shop().order("/orders", key, item);
        assertThat(allowed.statusCode()).isEqualTo(201);
        assertThat(isReplay(allowed)).isFalse();
    }

    @Test
    void order_withoutLogin_learnsNothingOfAResult() throws Exception {
        shop().order("/orders", key, item);
        HttpResponse<String> refused = send(
                shop().anonymous("/orders").header(Shop.KEY, '"' + key + '"').POST(BodyPublishers.ofString(item)));
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.body()).doesNotContain("order ");
    }

    @Test
    void guarded_forbiddenThenAllowed_isDone() throws Exception {
        HttpResponse<String> forbidden = shop().order("/guarded", key, item);
        assertThat(forbidden.statusCode()).isEqualTo(403);
        assertThat(shop().order("/guarded", key, item).statusCode()).isEqualTo(403);
        shop().bean(Gate.class).open(item);
        HttpResponse<String> allowed = shop().order("/guarded", key, item);
        assertThat(allowed.statusCode()).isEqualTo(200);
        assertThat(isReplay(allowed)).isFalse();
        assertThat(isReplay(shop().order("/guarded", key, item))).isTrue();
        assertThat(shop().rows(item)).isEqualTo(1);
    }
}
