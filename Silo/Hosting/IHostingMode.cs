using Microsoft.AspNetCore.DataProtection;

namespace FlowGpt.Silo.Hosting;

/// <summary>What differs between the embedded mode and the cluster mode: who the other silos are and where state is kept. Disposed after the host has stopped.</summary>
internal interface IHostingMode : IAsyncDisposable
{
    /// <summary>For people: the mode and where its data is.</summary>
    string Description { get; }

    /// <summary>The client and admin keys; made and kept where the mode can.</summary>
    ProductKeys Keys { get; }

    /// <summary>Reads the ring of keys that stored secrets are encrypted with; makes it when there is none.</summary>
    IDataProtectionProvider OpenKeyRing();

    /// <summary>Logs what operators should know of the way in which the process is connected to others.</summary>
    void Tell(ILogger logger);

    /// <summary>Adds membership, grain state (the default provider) and reminders.</summary>
    void Configure(ISiloBuilder silo);
}
