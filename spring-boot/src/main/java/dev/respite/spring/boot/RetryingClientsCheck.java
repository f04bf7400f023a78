package dev.respite.spring.boot;

import dev.respite.spring.boot.setup.InvalidPropertyException;
import dev.respite.text.Spelling;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.util.ClassUtils;

/** Finds, at start, libraries that retry by themselves: around a retry, or inside one, their attempts multiply. */
final class RetryingClientsCheck implements SmartInitializingSingleton {

    private static final Log LOGGER = LogFactory.getLog(RetryingClientsCheck.class);

    private final RespiteProperties properties;
    private final Set<String> controlled;
    private final ClassLoader classes;

    RetryingClientsCheck(RespiteProperties properties, Set<String> controlled, ClassLoader classes) {
        this.properties = properties;
        this.controlled = controlled;
        this.classes = classes;
    }

    @Override
    public void afterSingletonsInstantiated() {
        List<RetryingClient> known = List.of(RetryingClient.known());
        List<String> names = known.stream().map(RetryingClient::name).toList();
        for (String ignored : properties.doctorIgnore()) {
            if (!names.contains(ignored)) {
                throw new InvalidPropertyException(
                        RespiteProperties.PREFIX + ".doctor-ignore",
                        "'" + ignored + "' is no client that is looked for" + Spelling.suggestion(ignored, names));
            }
        }
        if (properties.doctor() == RespiteProperties.Doctor.OFF) {
            return;
        }
        List<String> warnings = new ArrayList<>();
        for (RetryingClient client : known) {
            if (ClassUtils.isPresent(client.type(), classes)
                    && !controlled.contains(client.name())
                    && !properties.doctorIgnore().contains(client.name())) {
                warnings.add(client.warning());
            }
        }
        if (properties.doctor() == RespiteProperties.Doctor.FAIL && !warnings.isEmpty()) {
            throw new InvalidPropertyException(
                    RespiteProperties.PREFIX + ".doctor", "is 'fail', and " + String.join("; ", warnings));
        }
        warnings.forEach(LOGGER::warn);
    }
}
