package dev.respite.spring;

import org.springframework.aop.Advisor;
import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;

/** Makes proxies as the application context is configured to: of classes or of interfaces. Not a bean itself. */
@SuppressWarnings("serial")
final class RespiteProxies extends AbstractBeanFactoryAwareAdvisingPostProcessor {

    RespiteProxies(Advisor advisor) {
        this.advisor = advisor;
    }

    /** Each bean that is handed over gets a proxy, except one whose original instance is wanted. */
    @Override
    protected boolean isEligible(Class<?> targetClass) {
        return true;
    }
}
