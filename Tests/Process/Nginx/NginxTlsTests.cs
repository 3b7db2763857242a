using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using FlowGpt.Tests.Cluster.Storage;
using FlowGpt.Tests.Unit.Packaging;
using Microsoft.AspNetCore.Http;

namespace FlowGpt.Tests.Process.Nginx;

/// <summary>The shipped example of TLS, with a certificate that the test makes.</summary>
[Trait("Category", "Process")]
public sealed class NginxTlsTests
{
    [Fact]
    public async Task Example_WithACertificate_ServesTls()
    {
        using var directory = new TemporaryDirectory();
        using var certificate = Make(directory.Path);
        var port = LoopbackPort.Free();
        var example = Repository
            .Read("deploy/nginx/site/server.tls.conf")
            .Replace("listen 8088;", "", StringComparison.Ordinal)
            .Replace("listen 8443 ", $"listen 127.0.0.1:{port} ", StringComparison.Ordinal)
            .Replace("/etc/flowgpt-tls/", directory.Path + "/", StringComparison.Ordinal);
        await using var api = await ApiStandIn.StartAsync(static context =>
            context.Response.WriteAsync(context.Request.Headers["X-Forwarded-Proto"].ToString())
        );
        await using var nginx = await NginxProcess.StartAsync([api.Server], example);
        using var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) =>
            shown is X509Certificate2 one && one.Thumbprint == certificate.Thumbprint;
        using var client = new HttpClient(handler) { Timeout = NginxProcess.Deadline };

        using var response = await client.GetAsync(new Uri($"https://127.0.0.1:{port}/v1/models"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("https", await response.Content.ReadAsStringAsync());
        Assert.Contains("max-age", Assert.Single(response.Headers.GetValues("Strict-Transport-Security")), StringComparison.Ordinal);
    }

    private static X509Certificate2 Make(string directory)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(Path.Combine(directory, "tls.crt"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(directory, "tls.key"), key.ExportPkcs8PrivateKeyPem());
        return certificate;
    }
}
