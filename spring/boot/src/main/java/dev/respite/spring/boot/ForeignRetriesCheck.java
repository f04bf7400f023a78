package dev.respite.spring.boot;

import dev.respite.spring.boot.setup.SetupException;
import dev.respite.text.Spelling;
import dev.respite.text.ValueFormat;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.ClassUtils;

/** Finds, at start, libraries that retry by themselves: around a retry, or inside one, their attempts multiply. */
final class ForeignRetriesCheck implements SmartInitializingSingleton {

    private static final Log LOGGER = LogFactory.getLog(ForeignRetriesCheck.class);

    /** The bean that switches off the retries of Apache's client, in the configuration of HTTP clients. */
    private static final String APACHE_WITHOUT_RETRIES = "respiteApacheWithoutRetries";

    private final RespiteProperties properties;
    private final ConfigurableApplicationContext context;

    ForeignRetriesCheck(RespiteProperties properties, ConfigurableApplicationContext context) {
        this.properties = properties;
        this.context = context;
    }

    @Override
    public void afterSingletonsInstantiated() {
        List<ForeignRetryingClient> known = List.of(ForeignRetryingClient.known());
        List<String> names = known.stream().map(ForeignRetryingClient::name).toList();
        for (String ignored : properties.doctorIgnore()) {
            if (!names.contains(ignored)) {
                throw SetupException.ofProperty(
                        RespiteProperties.PREFIX + ".doctor-ignore",
                        "'" + ValueFormat.shortened(ignored) + "' is no client that is looked for"
                                + Spelling.suggestion(ignored, names));
            }
        }
        if (properties.doctor() == RespiteProperties.Doctor.OFF) {
            return;
        }
        List<String> warnings = new ArrayList<>();
        for (ForeignRetryingClient client : known) {
            if (ClassUtils.isPresent(client.type(), context.getClassLoader())
                    && !isSwitchedOff(client)
                    && !properties.doctorIgnore().contains(client.name())) {
                warnings.add(client.warning());
            }
        }
        if (properties.doctor() == RespiteProperties.Doctor.FAIL && !warnings.isEmpty()) {
            throw SetupException.ofProperty(
                    RespiteProperties.PREFIX + ".doctor", "is 'fail', and " + String.join("; ", warnings));
        }
        warnings.forEach(LOGGER::warn);
    }

    private boolean isSwitchedOff(ForeignRetryingClient client) {
        return switch (client.name()) {
            case ForeignRetryingClient.APACHE -> context.containsBean(APACHE_WITHOUT_RETRIES);
            case ForeignRetryingClient.RESILIENCE4J -> new Resilience4jUse(context).isWithoutRetries();
            case ForeignRetryingClient.SPRING -> new SpringRetryableUse(context).isWithoutRetries();
            default -> false;
        };
    }
}
