package attesta.interop;

import ca.uhn.fhir.batch2.jobs.config.Batch2JobsConfig;
import ca.uhn.fhir.jpa.api.config.ThreadPoolFactoryConfig;
import ca.uhn.fhir.jpa.batch2.JpaBatch2Config;
import ca.uhn.fhir.jpa.config.HapiJpaConfig;
import ca.uhn.fhir.jpa.config.r4.JpaR4Config;
import ca.uhn.fhir.jpa.config.r5.JpaR5Config;
import ca.uhn.fhir.jpa.subscription.channel.config.SubscriptionChannelConfig;
import ca.uhn.fhir.jpa.subscription.match.config.SubscriptionProcessorConfig;
import ca.uhn.fhir.jpa.subscription.match.deliver.email.IEmailSender;
import ca.uhn.fhir.jpa.subscription.submit.config.SubscriptionSubmitterConfig;
import ca.uhn.fhir.jpa.topic.SubscriptionTopicConfig;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** What HAPI FHIR's own starter project puts together for each release. */
final class Configurations {
  private Configurations() {}

  @Configuration
  @Import({
    Database.class,
    HapiJpaConfig.class,
    ThreadPoolFactoryConfig.class,
    JpaBatch2Config.class,
    Batch2JobsConfig.class,
    SubscriptionChannelConfig.class,
    SubscriptionProcessorConfig.class,
    SubscriptionSubmitterConfig.class
  })
  static class Both {
    /** Nobody subscribes here; the beans of subscriptions ask for one all the same. */
    @Bean
    IEmailSender emailSender() {
      return details -> {
        throw new UnsupportedOperationException("this server sends no mail");
      };
    }
  }

  @Configuration
  @Import({Both.class, JpaR4Config.class})
  static class R4 {}

  @Configuration
  @Import({Both.class, JpaR5Config.class, SubscriptionTopicConfig.class})
  static class R5 {}
}
