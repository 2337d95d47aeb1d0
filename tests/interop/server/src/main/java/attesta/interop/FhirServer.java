package attesta.interop;

import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.api.dao.IFhirSystemDao;
import ca.uhn.fhir.jpa.provider.IJpaSystemProvider;
import ca.uhn.fhir.jpa.provider.JpaCapabilityStatementProvider;
import ca.uhn.fhir.jpa.search.DatabaseBackedPagingProvider;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.rest.server.RestfulServer;
import ca.uhn.fhir.rest.server.provider.ResourceProviderFactory;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import java.net.InetAddress;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/**
 * HAPI FHIR's JPA server on loopback, as its project sets it up: {@code FhirServer R4|R5 FOLDER PORT}.
 *
 * <p>Port 0 lets the system choose. Once it answers, the server prints {@code listening PORT}; it ends when its input does.
 */
public final class FhirServer {
  private FhirServer() {}

  public static void main(String[] arguments) throws Exception {
    System.setProperty(Database.FOLDER, arguments[1]);
    Class<?> release = "R5".equals(arguments[0]) ? Configurations.R5.class : Configurations.R4.class;
    // Ends with the process: the database is made to be killed.
    @SuppressWarnings("resource")
    AnnotationConfigApplicationContext beans = new AnnotationConfigApplicationContext(release);

    Server server = new Server();
    ServerConnector connector = new ServerConnector(server);
    connector.setHost(InetAddress.getLoopbackAddress().getHostAddress());
    connector.setPort(Integer.parseInt(arguments[2]));
    server.addConnector(connector);
    ServletContextHandler context = new ServletContextHandler("/");
    context.addServlet(new ServletHolder(rest(beans)), "/fhir/*");
    server.setHandler(context);
    server.start();
    System.out.println("listening " + connector.getLocalPort());
    while (System.in.read() >= 0) {
      // Whoever started it holds its input open.
    }
    Runtime.getRuntime().halt(0);
  }

  private static RestfulServer rest(ListableBeanFactory beans) {
    IFhirSystemDao<?, ?> system = beans.getBean(IFhirSystemDao.class);
    RestfulServer rest = new RestfulServer(system.getContext());
    rest.registerProviders(beans.getBean(ResourceProviderFactory.class).createProviders());
    rest.registerProvider(beans.getBean(IJpaSystemProvider.class));
    rest.setPagingProvider(beans.getBean(DatabaseBackedPagingProvider.class));
    rest.setServerConformanceProvider(
        new JpaCapabilityStatementProvider(
            rest,
            system,
            beans.getBean(JpaStorageSettings.class),
            beans.getBean(ISearchParamRegistry.class),
            beans.getBean(IValidationSupport.class)));
    return rest;
  }
}
