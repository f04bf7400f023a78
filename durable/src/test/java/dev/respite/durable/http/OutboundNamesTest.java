package dev.respite.durable.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Header fields and query parameters whose names are names of credentials are not stored. */
class OutboundNamesTest {

    private static final URI PLACE = URI.create("https://pay.example.com/charges");
    private static final OutboundRequest REQUEST = OutboundRequest.of("PUT", PLACE);
    private static final OutboundRules RULES =
            OutboundRules.of(Optional.empty()).withOrigin(PLACE, OutboundRules.NO_PREPARATION);

    private static OutboundRequest withParameter(String name) {
        return OutboundRequest.of("PUT", URI.create(PLACE + "?page=2&" + name + "=hunter2"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Authorization",
                "Proxy-Authorization",
                "X-Auth",
                "OAuth",
                "X-Auth-User",
                "cookie",
                "X-Api-Key",
                "X-API-KEY",
                "XApiKey",
                "X-APIKey",
                "apiKey",
                "apikey",
                "api_key",
                "api.key",
                "APIKey",
                "access_key",
                "AccessKeyId",
                "Ocp-Apim-Subscription-Key",
                "access_token",
                "accessToken",
                "token",
                "X-Amz-Security-Token",
                "pageAccessToken",
                "client_secret",
                "X-Password",
                "userPassword",
                "X-Hub-Signature-256",
                "oauth_signature",
                "sig",
                "pwd",
                "authtoken",
                "X-Functions-Key"
            })
    void name_ofCredentials_isRejected(String name) {
        assertThatThrownBy(() -> RULES.checked(REQUEST.withHeader(name, "hunter2")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        "PUT https://pay.example.com/charges has a credential by its name, " + name + ", ")
                .hasMessageContaining("the preparation of OutboundHttp.withOrigin, or allow the name by")
                .hasMessageNotContaining("hunter2");
        assertThatThrownBy(() -> RULES.checked(withParameter(name)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("by its name, " + name + ", ")
                .hasMessageNotContaining("hunter2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Webhook-Id",
                "Surrogate-Key",
                "partition-key",
                "partitionKey",
                "x-ms-documentdb-partitionkey",
                "key",
                "X-Key",
                "keyword",
                "pageToken",
                "page_token",
                "nextPageToken",
                "next_token",
                "continuationToken",
                "x-ms-continuation-token",
                "max_tokens",
                "author",
                "Authority",
                "X-Authentic",
                "tokenize",
                "secretary",
                "apiVersion",
                "Accept",
                "ETag"
            })
    void name_ofAnotherPurpose_isAccepted(String name) {
        OutboundRequest header = REQUEST.withHeader(name, "7");
        assertThat(RULES.checked(header)).isSameAs(header);
        OutboundRequest parameter = withParameter(name);
        assertThat(RULES.checked(parameter)).isSameAs(parameter);
    }

    @ParameterizedTest
    @CsvSource({"access%5Ftoken, access_token", "auth%5btoken%5d, auth[token]", "user;token, token"})
    void name_ofAParameterInAnotherSpelling_isRejected(String spelled, String name) {
        assertThatThrownBy(() -> RULES.checked(withParameter(spelled)))
                .hasMessageContaining("by its name, " + name + ", ");
    }

    /** Without a value nothing secret is stored, and the text may be a value itself. */
    @Test
    void parameter_withoutAValue_isAccepted() {
        OutboundRequest request = OutboundRequest.of("PUT", URI.create(PLACE + "?token"));
        assertThat(RULES.checked(request)).isSameAs(request);
    }

    @Test
    void name_thatIsAllowed_isAccepted() {
        OutboundRules allowing = RULES.withAllowedNames("csrf-token").withAllowedNames("Signature");
        for (String name : new String[] {"Csrf-Token", "CSRF-TOKEN", "signature"}) {
            OutboundRequest header = REQUEST.withHeader(name, "7");
            assertThat(allowing.checked(header)).isSameAs(header);
            assertThat(allowing.checked(withParameter(name))).isNotNull();
        }
        assertThatThrownBy(() -> allowing.checked(REQUEST.withHeader("X-Csrf-Token", "7")))
                .hasMessageContaining("by its name, X-Csrf-Token");
    }
}
