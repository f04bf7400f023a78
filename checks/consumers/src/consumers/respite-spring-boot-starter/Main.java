package consumer;

import dev.respite.Retry;
import dev.respite.spring.Respite;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.stereotype.Service;

// snippet docs/spring-boot.md
@Service
class Receipts {
    private final Retry payments;
    private final Mail mail;

    Receipts(@Qualifier("payments") Retry payments, Mail mail) {
        this.payments = payments;
        this.mail = mail;
    }

    @Respite("payments")
    String send(String receipt) throws IOException {
        return mail.send(receipt);
    }

    String sendLater(String receipt) throws IOException {
        return payments.call(() -> mail.send(receipt));
    }
}
// end

interface Mail {
    String send(String receipt) throws IOException;
}

/** Fails twice. */
@Service
class FlakyMail implements Mail {
    private int attempts;

    @Override
    public String send(String receipt) throws IOException {
        if (++attempts < 3) {
            throw new ConnectException("refused");
        }
        return receipt + " after " + attempts + " attempts";
    }
}

/** Prints: receipt 1 after 3 attempts */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import({Receipts.class, FlakyMail.class})
public class Main {

    static void main(String[] args) throws Exception {
        Path yaml = Files.writeString(
                Files.createTempFile("application", ".yaml"),
                "respite.policies.payments: { max-attempts: 4, base-delay: 1ms }");
        try (var context = SpringApplication.run(
                Main.class, "--spring.config.location=" + yaml.toUri(), "--spring.main.banner-mode=off")) {
            System.out.println(context.getBean(Receipts.class).send("receipt 1"));
        }
    }
}
