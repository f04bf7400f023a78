package dev.respite.logging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.respite.testsupport.RealTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The values of secrets in URLs and messages. The names themselves are tested where stored requests are checked. */
class SecretNamesTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            https://h/x?page=2&access_token=S3&pageToken=7   | https://h/x?page=2&access_token=***&pageToken=7
            https://h/x?sig=S3#id_token=S3                   | https://h/x?sig=***#id_token=***
            https://h/x?access%5Ftoken=S3&user[password]=S3  | https://h/x?access%5Ftoken=***&user[password]=***
            https://h/x?X-Amz-Signature=S3&key=7&next_token=8| https://h/x?X-Amz-Signature=***&key=7&next_token=8
            https://h/x?a=apikey=S3&%zz=7&%zztoken=S3        | https://h/x?a=apikey=***&%zz=7&%zztoken=***
            jdbc:sqlserver://h;trustStorePassword={S;3};x=1  | jdbc:sqlserver://h;trustStorePassword=***;x=1
            bad sslpassword = S3, (pwd=S3) and {secret=S3}   | bad sslpassword = ***, (pwd=***) and {secret=***
            password={S3                                     | password=***
            max-attempts=5 monkey=7 keyword=8 author=9       | max-attempts=5 monkey=7 keyword=8 author=9
            """)
    void withoutSecretValues_hasNames(String text, String clean) {
        assertThat(FailureText.withoutSecretValues(text)).isEqualTo(clean);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            cannot reach jdbc:postgresql://me:S@3@h/b?x=1 now | cannot reach jdbc:postgresql://***@h/b?x=1 now
            ("redis://:S//3@h") then http://x                 | ("redis://***@h") then http://x
            http:////S3@h                                     | http://***@h
            """)
    void withoutCredentials_hasHosts(String text, String clean) {
        assertThat(FailureText.withoutCredentials(text)).isEqualTo(clean);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Set-Cookie", "cookie", "Proxy-Authorization", "X-Api-Key"})
    void isSecret_headerWithCredentials_isTrue(String name) {
        assertThat(FailureText.isSecret(name)).isTrue();
    }

    /** A server may send any text as a header field. In quadratic time each text would take minutes. */
    @Test
    void withoutCredentials_longText_takesLinearTime() throws Exception {
        for (String hostile :
                new String[] {"/", "a", "=", " ", "//a", "a=", "password={", "token=a", "%", "Aa", "a "}) {
            String text = hostile.repeat(1_000_000 / hostile.length());
            RealTime.assertTakesAtMost(
                    Duration.ofSeconds(10),
                    () -> assertThat(FailureText.withoutCredentials(text)).isNotEmpty());
        }
    }
}
