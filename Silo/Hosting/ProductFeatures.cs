using FlowGpt.ApiFrontend.Configuration;
using FlowGpt.Grains.Models;
using FlowGpt.Grains.Usage;
using Microsoft.Extensions.Options;

namespace FlowGpt.Silo.Hosting;

/// <summary>Every feature of the product, each with the configuration section that it is bound to.</summary>
internal static class ProductFeatures
{
    /// <summary>Adds the features of a silo. Called after the silo itself is added, so that they stop before it does.</summary>
    /// <exception cref="StartupException">A section does not fit its options; every problem is listed.</exception>
    public static void AddProductFeatures(this WebApplicationBuilder builder)
    {
        var problems = new List<string>();
        var services = builder.Services;
        Bind(services.AddModelCatalog(), ModelCatalogOptions.Section);
        Bind(services.AddUsageRecording(), UsageOptions.Section);
        if (problems.Count > 0)
        {
            throw new StartupException(problems);
        }

        void Bind<T>(OptionsBuilder<T> options, string section)
            where T : class
        {
            OptionsCheck.AddProblems(builder.Configuration, section, typeof(T), problems);
            options.BindConfiguration(section);
        }
    }
}
