package dev.respite.spring.boot.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.springframework.test.web.client.match.MockRestRequestMatchers.requestTo;
import static org.springframework.test.web.client.response.MockRestResponseCreators.withServiceUnavailable;
import static org.springframework.test.web.client.response.MockRestResponseCreators.withSuccess;

import dev.respite.Retry;
import dev.respite.http.exchange.HttpRetry;
import dev.respite.policy.RetryPolicy;
import dev.respite.spring.boot.setup.SetupException;
import dev.respite.spring.http.RespiteInterceptor;
import java.net.http.HttpClient;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.http.client.support.HttpRequestWrapper;
import org.springframework.mock.http.client.MockClientHttpRequest;
import org.springframework.test.web.client.MockRestServiceServer;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;

/** The reports about the client below a retry. */
@ExtendWith(OutputCaptureExtension.class)
class ClientDecoratorTest {

    private static final ClientHttpRequestFactory FOLLOWING = new JdkClientHttpRequestFactory(
            HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build());

    private final StaticListableBeanFactory beans = new StaticListableBeanFactory();
    private final Connectors connectors = new Connectors(
            beans.getBeanProvider(HttpClientSettings.class),
            beans.getBeanProvider(HttpServiceClientProperties.class),
            beans.getBeanProvider(SslBundles.class));

    private static ClientDecorator decorator(String policy, @Nullable String redirects, @Nullable String strict) {
        return new ClientDecorator(
                "respite.http",
                new ClientDecorator.Redirects("spring.http.clients.redirects", redirects),
                HttpRetry.of(Retry.of(RetryPolicy.parse(policy)).withName("payments")),
                strict);
    }

    private static long lines(CapturedOutput output, String chunk) {
        return output.getAll().lines().filter(line -> line.contains(chunk)).count();
    }

    @Test
    void decorate_httpUrlConnection_reportsOnceWhatNoSettingEnds(CapturedOutput output) {
        ClientDecorator limited = decorator("attempt-timeout=1s", null, null);
        for (int i = 0; i < 2; i++) {
            limited.decorate(RestClient.builder().requestFactory(new SimpleClientHttpRequestFactory()), connectors);
            limited.decorate(new RestTemplate(new SimpleClientHttpRequestFactory()), connectors);
        }
        assertThat(lines(output, "the attempt-timeout of 'payments' does not end a request of HttpURLConnection"))
                .isEqualTo(1);
        assertThat(lines(output, "HttpURLConnection sends a GET once more")).isEqualTo(1);
    }

    @Test
    void decorate_httpUrlConnectionWithoutAttemptTimeout_doesNotWarnOfIt(CapturedOutput output) {
        decorator("max-attempts=2", null, null)
                .decorate(RestClient.builder().requestFactory(new SimpleClientHttpRequestFactory()), connectors);
        assertThat(output.getAll()).doesNotContain("does not end a request");
    }

    @Test
    void decorate_clientOfTheJdk_reportsTheProperty(CapturedOutput output) {
        decorator("max-attempts=2", null, null).decorate(RestClient.builder().requestFactory(FOLLOWING), connectors);
        assertThat(lines(output, "-Djdk.httpclient.redirects.retrylimit=1")).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"follow, true", "FOLLOW_WHEN_POSSIBLE, true", "dont-follow, false", "DONT_FOLLOW, false", ", false"})
    void decorate_strictRuleOverAClientThatFollows_isRejectedIfAPropertyPermitsIt(
            @Nullable String redirects, boolean isRejected, CapturedOutput output) {
        ClientDecorator strict = decorator("max-attempts=2", redirects, "idempotency-keys");
        RestClient.Builder builder = RestClient.builder().requestFactory(FOLLOWING);
        if (isRejected) {
            assertThatThrownBy(() -> strict.decorate(builder, connectors))
                    .isInstanceOf(SetupException.class)
                    .hasMessageContaining("for which respite.http.idempotency-keys may not hold");
        } else {
            strict.decorate(builder, connectors);
            assertThat(lines(output, "respite.http.idempotency-keys: the client may follow redirects"))
                    .isEqualTo(1);
        }
    }

    @Test
    void decorate_strictRuleOverAnUnknownConnector_isAWarningWhateverTheProperty(CapturedOutput output) {
        ClientHttpRequestFactory unknown = (uri, method) -> new MockClientHttpRequest(method, uri);
        decorator("max-attempts=2", "follow", "idempotency-keys").decorate(new RestTemplate(unknown), connectors);
        assertThat(lines(output, "respite.http.idempotency-keys: the client may follow redirects"))
                .isEqualTo(1);
    }

    /** Two retries would multiply. */
    @Test
    void decorate_clientWithARetry_hasOneBeforeItsOtherInterceptors() {
        ClientHttpRequestInterceptor other = (request, body, execution) -> execution.execute(request, body);
        RestTemplate template = new RestTemplate(FOLLOWING);
        template.setInterceptors(List.of(RespiteInterceptor.of(Retry.of(RetryPolicy.parse("max-attempts=5"))), other));
        RestClient.Builder builder = RestClient.builder()
                .requestFactory(FOLLOWING)
                .requestInterceptors(all -> all.addAll(template.getInterceptors()));
        for (int i = 0; i < 2; i++) {
            decorator("max-attempts=2", null, null).decorate(template, connectors);
            decorator("max-attempts=2", null, null).decorate(builder, connectors);
        }
        builder.requestInterceptors(all -> assertThat(all).hasSize(2).last().isSameAs(other));
        builder.requestInterceptors(all -> assertThat(all).first().isInstanceOf(ConnectorInterceptor.class));
        assertThat(template.getInterceptors()).hasSize(2).last().isSameAs(other);
        assertThat(template.getInterceptors()).first().isInstanceOf(ConnectorInterceptor.class);
    }

    /** The interceptors of tracing and of a login may each wrap the request. */
    @Test
    void intercept_requestThatIsWrappedTwice_isSentAsItsFactorySends() {
        RestTemplate template = new RestTemplate();
        template.setErrorHandler(response -> false);
        MockRestServiceServer server = MockRestServiceServer.createServer(template);
        ClientHttpRequestInterceptor wrapping =
                (request, body, execution) -> execution.execute(new HttpRequestWrapper(request), body);
        template.setInterceptors(
                List.of(wrapping, wrapping, new ConnectorInterceptor(attempts("1"), attempts("2"), connectors)));
        server.expect(requestTo("https://api.example.com/")).andRespond(withServiceUnavailable());
        server.expect(requestTo("https://api.example.com/")).andRespond(withSuccess());

        assertThat(template.getForEntity("https://api.example.com/", String.class)
                        .getStatusCode()
                        .value())
                .isEqualTo(200);
        server.verify();
    }

    private static RespiteInterceptor attempts(String max) {
        return RespiteInterceptor.of(Retry.of(RetryPolicy.parse("base-delay=1ms max-attempts=" + max)));
    }

    @Test
    void decorate_withoutStrictRule_mayFollowRedirects(CapturedOutput output) {
        decorator("max-attempts=2", "follow", null)
                .decorate(RestClient.builder().requestFactory(FOLLOWING), connectors);
        assertThat(output.getAll()).doesNotContain("may follow redirects");
    }

    /** It sends nothing. */
    @Test
    void mayFollow_connectorOfATest_isFalse() {
        assertThat(connectors.mayFollow(new MockClientHttpRequest())).isFalse();
        assertThat(connectors.mayFollow(null)).isTrue();
        assertThat(connectors.mayFollow("unknown")).isTrue();
    }
}
