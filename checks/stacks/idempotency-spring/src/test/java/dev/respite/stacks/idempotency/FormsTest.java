package dev.respite.stacks.idempotency;

import static dev.respite.stacks.idempotency.Shop.isReplay;
import static dev.respite.stacks.idempotency.Shop.name;
import static dev.respite.stacks.idempotency.Shop.send;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Forms and uploads, which Spring's filters read before ours. */
@ParameterizedClass
@MethodSource("dev.respite.stacks.idempotency.Stack#some")
class FormsTest {

    private static final String FORM = "application/x-www-form-urlencoded";

    @Parameter
    private Stack stack;

    private final String key = name("key");
    private final String item = name("item");

    private Shop shop() {
        return stack.shop();
    }

    @Test
    void form_withTokenInAField_isDoneOnceAndReplayed() throws Exception {
        HttpResponse<String> first = shop().form("/forms/orders", key, "_csrf=token&item=" + item);
        HttpResponse<String> second = shop().form("/forms/orders", key, "_csrf=token&item=" + item);
        assertThat(first.body()).startsWith("order " + item);
        assertThat(isReplay(second)).isTrue();
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(shop().rows(item)).isEqualTo(1);
    }

    @Test
    void form_withTokenInAField_sameKeyOtherItem_isRefused() throws Exception {
        shop().form("/forms/orders", key, "_csrf=token&item=" + item);
        assertThat(shop().form("/forms/orders", key, "_csrf=token&item=other").statusCode())
                .isEqualTo(422);
    }

    @Test
    void form_withoutToken_isForbiddenAndClaimsNothing() throws Exception {
        assertThat(shop().form("/forms/orders", key, "item=" + item).statusCode())
                .isEqualTo(403);
        assertThat(shop().form("/forms/orders", key, "_csrf=token&item=" + item).statusCode())
                .isEqualTo(200);
        assertThat(shop().rows(item)).isEqualTo(1);
    }

    @Test
    void form_withoutToken_notRequiringOne_isDoneOnceAndReplayed() throws Exception {
        shop().form("/plain-forms/orders", key, "item=" + item);
        assertThat(isReplay(shop().form("/plain-forms/orders", key, "item=" + item)))
                .isTrue();
        assertThat(shop().form("/plain-forms/orders", key, "item=other").statusCode())
                .isEqualTo(422);
        assertThat(shop().rows(item)).isEqualTo(1);
    }

    @Test
    void formOfPatch_twice_isDoneOnceAndReplayed() throws Exception {
        HttpResponse<String> first = patch(item);
        HttpResponse<String> second = patch(item);
        assertThat(first.body()).startsWith("patched " + item);
        assertThat(isReplay(second)).isTrue();
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(patch("other").statusCode()).isEqualTo(422);
        assertThat(shop().rows(item)).isEqualTo(1);
    }

    private HttpResponse<String> patch(String what) throws Exception {
        return send(shop().post("/plain-forms/orders", key, FORM, "")
                .method("PATCH", BodyPublishers.ofString("item=" + what)));
    }

    @Test
    void formWithHiddenMethod_isDoneOnceAndReplayed() throws Exception {
        HttpResponse<String> first = shop().form("/plain-forms/orders", key, "_method=PATCH&item=" + item);
        assertThat(first.body()).startsWith("patched " + item);
        assertThat(isReplay(shop().form("/plain-forms/orders", key, "_method=PATCH&item=" + item)))
                .isTrue();
        assertThat(shop().rows(item)).isEqualTo(1);
    }

    private HttpResponse<String> upload(String boundary, String bill) throws Exception {
        String body = "--" + boundary + "\r\nContent-Disposition: form-data; name=\"item\"\r\n\r\n" + item + "\r\n--"
                + boundary + "\r\nContent-Disposition: form-data; name=\"bill\"; filename=\"bill.txt\"\r\n"
                + "Content-Type: text/plain\r\n\r\n" + bill + "\r\n--" + boundary + "--\r\n";
        return send(shop().post("/uploads", key, "multipart/form-data; boundary=" + boundary, body));
    }

    @Test
    void upload_twiceWithOtherBoundaries_isDoneOnceAndReplayed() throws Exception {
        HttpResponse<String> first = upload("one", "two teas");
        HttpResponse<String> second = upload("other", "two teas");
        assertThat(first.body()).startsWith("order ").endsWith("for two teas of bill.txt");
        assertThat(isReplay(second)).isTrue();
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(shop().rows(item)).isEqualTo(1);
    }

    @Test
    void upload_sameKeyOtherContent_isRefused() throws Exception {
        upload("one", "two teas");
        assertThat(upload("one", "two tees").statusCode()).isEqualTo(422);
        assertThat(shop().rows(item)).isEqualTo(1);
    }

    /** Without a boundary, and without an end. */
    @ParameterizedTest
    @ValueSource(strings = {"multipart/form-data", "multipart/form-data; boundary=one"})
    void upload_malformed_isRefusedAndClaimsNothing(String type) throws Exception {
        String field = "--one\r\nContent-Disposition: form-data; name=\"item\"\r\n\r\n" + item + "\r\n";

        assertThat(send(shop().post("/uploads", key, type, field)).statusCode()).isEqualTo(400);
        assertThat(shop().rows(item)).isZero();
        assertThat(uploadAfterAClose().statusCode()).isEqualTo(200);
    }

    @Test
    void upload_overTheLimitOfTheContainer_claimsNothing() throws Exception {
        try {
            assertThat(upload("one", "x".repeat(3_000)).statusCode()).isGreaterThanOrEqualTo(400);
        } catch (IOException closed) {
            // Jetty closes a connection whose request it has not read to the end, and the answer may be lost with it.
            assertThat(stack.container()).isEqualTo(Stack.Container.JETTY);
        }
        assertThat(shop().rows(item)).isZero();
        assertThat(uploadAfterAClose().statusCode()).isEqualTo(200);
    }

    /** The client may take the connection that the server is just closing, once; the key makes a second sending safe. */
    private HttpResponse<String> uploadAfterAClose() throws Exception {
        try {
            return upload("one", "two teas");
        } catch (IOException stale) {
            return upload("one", "two teas");
        }
    }
}
