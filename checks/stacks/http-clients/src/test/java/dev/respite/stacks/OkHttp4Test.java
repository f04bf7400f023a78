package dev.respite.stacks;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.respite.http.exchange.HttpRetry;
import dev.respite.okhttp.OkHttpRetry;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;

/** OkHttp 4.12, which the adapter of OkHttp 5.4 rejects. */
class OkHttp4Test {

    @Test
    void of_withOkHttp4_isRejectedWithTheRemedy() {
        OkHttpClient client = new OkHttpClient();

        assertThatThrownBy(() -> OkHttpRetry.of(client, HttpRetry.withDefaults()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("okhttp-4.12.0.jar")
                .hasMessageContaining("use com.squareup.okhttp3:okhttp-jvm 5.4 or later");
    }
}
