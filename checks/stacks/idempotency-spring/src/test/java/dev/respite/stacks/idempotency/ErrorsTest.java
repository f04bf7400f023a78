package dev.respite.stacks.idempotency;

import static dev.respite.stacks.idempotency.Shop.isReplay;
import static dev.respite.stacks.idempotency.Shop.name;
import static dev.respite.stacks.idempotency.Shop.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What rejects and what fails, and what of it is replayed. */
@ParameterizedClass
@MethodSource("dev.respite.stacks.idempotency.Stack#some")
class ErrorsTest {

    @Parameter
    private Stack stack;

    private final String key = name("key");
    private final String item = name("item");

    private Shop shop() {
        return stack.shop();
    }

    private void assertReplayed(HttpResponse<String> first, HttpResponse<String> second) {
        assertThat(isReplay(second)).isTrue();
        assertThat(second.statusCode()).isEqualTo(first.statusCode());
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(second.headers().firstValue("Content-Type"))
                .isEqualTo(first.headers().firstValue("Content-Type"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/refused-by-send-error | 409 | {\"type\":\"about:blank\",\"status\":409,\"detail\":\"sold out\"}",
                "/refused-by-exception | 409 | {\"type\":\"about:blank\",\"status\":409,\"detail\":\"sold out\"}",
                "/refused-by-advice | 409 | {\"error\":\"sold out\"}",
                "/refused-by-entity | 422 | no such item",
            })
    void refusal_afterAnInsert_isReplayedAndLeavesNoRow(String path, int status, String body) throws Exception {
        HttpResponse<String> first = shop().order(path, key, item);
        assertThat(first.statusCode()).isEqualTo(status);
        assertThat(first.body()).isEqualTo(body);
        assertReplayed(first, shop().order(path, key, item));
        if (stack.mode().isTransactional()) {
            assertThat(shop().rows(item)).isZero();
        }
    }

    /** In external mode the status decides, since the effect cannot be undone. */
    @ParameterizedTest
    @ValueSource(ints = {200, 202, 303})
    void exception_thatBecomesASuccess_isRolledBackInATransaction(int status) throws Exception {
        boolean isUndone = stack.mode().isTransactional();
        for (int i = 0; i < 2; i++) {
            HttpResponse<String> response = shop().order("/accepted-by-advice/" + status, key, item);
            assertThat(response.statusCode()).isEqualTo(status);
            assertThat(isReplay(response)).isEqualTo(i > 0 && !isUndone);
            assertThat(shop().rows(item)).isEqualTo(isUndone ? 0 : 1);
        }
    }

    @Test
    void json_thatCannotBeRead_isReplayed() throws Exception {
        HttpResponse<String> first = send(shop().post("/json", key, "application/json", "{\"item\""));
        assertThat(first.statusCode()).isEqualTo(400);
        assertThat(first.body()).startsWith("{\"type\":\"about:blank\",\"status\":400");
        assertReplayed(first, send(shop().post("/json", key, "application/json", "{\"item\"")));
    }

    @Test
    void json_thatIsNotValid_isAnsweredByTheAdviceAndReplayed() throws Exception {
        HttpResponse<String> first = send(shop().post("/json", key, "application/json", "{\"item\":\" \"}"));
        assertThat(first.statusCode()).isEqualTo(400);
        assertThat(first.body()).isEqualTo("{\"field\":\"item\"}");
        assertReplayed(first, send(shop().post("/json", key, "application/json", "{\"item\":\" \"}")));
    }

    @Test
    void json_thatIsValid_isDoneOnceAndReplayed() throws Exception {
        String json = "{\"item\":\"" + item + "\"}";
        HttpResponse<String> first = send(shop().post("/json", key, "application/json", json));
        assertThat(first.body()).startsWith("order ");
        assertReplayed(first, send(shop().post("/json", key, "application/json", json)));
        assertThat(shop().rows(item)).isEqualTo(1);
    }

    @Test
    void order_ofAnUnknownPath_isReplayed() throws Exception {
        HttpResponse<String> first = shop().order("/nowhere", key, item);
        assertThat(first.statusCode()).isEqualTo(404);
        assertThat(first.body()).startsWith("{\"type\":\"about:blank\",\"status\":404");
        assertReplayed(first, shop().order("/nowhere", key, item));
    }

    @Test
    void order_ofAnotherType_isReplayed() throws Exception {
        HttpResponse<String> first = shop().order("/json", key, item);
        assertThat(first.statusCode()).isEqualTo(415);
        assertReplayed(first, shop().order("/json", key, item));
    }

    @ParameterizedTest
    @CsvSource({"/too-many, 429", "/broken, 500"})
    void failure_inATransaction_isNotStoredAndLeavesNoRow(String path, int status) throws Exception {
        assumeTrue(stack.mode().isTransactional());
        for (int i = 0; i < 2; i++) {
            HttpResponse<String> response = shop().order(path, key, item);
            assertThat(response.statusCode()).isEqualTo(status);
            assertThat(isReplay(response)).isFalse();
        }
        assertThat(shop().rows(item)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"/too-many, 429", "/broken, 500"})
    void failure_apartFromItsRecord_isUnknown(String path, int status) throws Exception {
        assumeTrue(!stack.mode().isTransactional());
        assertThat(shop().order(path, key, item).statusCode()).isEqualTo(status);
        HttpResponse<String> again = shop().order(path, key, item);
        assertThat(again.statusCode()).isEqualTo(409);
        assertThat(again.body()).contains("outcome-unknown");
    }
}
