using FlowGpt.Admin.Contracts;
using FlowGpt.Dashboard.Browsers;
using FlowGpt.Dashboard.Languages;
using FlowGpt.Dashboard.Sessions;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Components.WebAssembly.Hosting;
using MudBlazor.Services;

namespace FlowGpt.Dashboard;

internal static class Program
{
    private static async Task Main(string[] args)
    {
        var builder = WebAssemblyHostBuilder.CreateDefault(args);
        builder.RootComponents.Add<App>("#app");
        builder.RootComponents.Add<HeadOutlet>("head::after");
        builder.Logging.SetMinimumLevel(LogLevel.Warning);

        // The gateway's own address: the folder above the dashboard's, also behind a proxy that serves the gateway below a path.
        var gateway = new Uri(new Uri(builder.HostEnvironment.BaseAddress), "../");
        builder.Services.AddSingleton(
            new HttpClient(new HttpClientHandler()) { BaseAddress = gateway, Timeout = TimeSpan.FromMinutes(10) }
        );
        builder.Services.AddSingleton<AdminClient>();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<Browser>();
        builder.Services.AddSingleton<Language>();
        builder.Services.AddSingleton<PageSession>();
        builder.Services.AddMudServices(static services =>
        {
            // Half-transparent text is hard to read: messages do not fade slowly.
            services.SnackbarConfiguration.MaximumOpacity = 100;
            services.SnackbarConfiguration.ShowTransitionDuration = 100;
            services.SnackbarConfiguration.HideTransitionDuration = 100;
        });

        var host = builder.Build();
        await host.Services.GetRequiredService<Language>().ReadAsync();
        await host.Services.GetRequiredService<PageSession>().ResumeAsync();
        await host.RunAsync();
    }
}
