using System.Xml.Linq;
using FlowGpt.Silo.Secrets;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Time.Testing;

namespace FlowGpt.Tests.Unit.Secrets;

/// <summary>What silos that share a key ring can read of each other's secrets.</summary>
public sealed class SecretVaultTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Ring _ring = new();

    [Fact]
    public void Reveal_ATextOfASiloThatMadeItsKeyAtTheSameTime_ReadsTheRingAgain()
    {
        var first = NewVault();
        var text = first.Protect("token", "secret");
        _ring.HideOnce = true;
        var second = NewVault();
        second.Protect("token", "its own");

        Assert.Equal("secret", second.Reveal("token", text));
    }

    [Fact]
    public void Reveal_WithoutItsKey_IsNothingUntilTheKeyIsPutBack()
    {
        var text = NewVault().Protect("token", "secret");
        var kept = _ring.Elements.ToArray();
        _ring.Elements.Clear();
        var vault = NewVault();
        Assert.Null(vault.Reveal("token", text));
        _ring.Elements.AddRange(kept);

        _time.Advance(SecretVault.ReadRingEvery);
        Assert.Equal("secret", vault.Reveal("token", text));
    }

    [Fact]
    public void Reveal_ForAnotherPurposeOrAChangedText_IsNothing()
    {
        var vault = NewVault();
        var text = vault.Protect("token", "secret");

        Assert.Null(vault.Reveal("headers", text));
        Assert.Null(vault.Reveal("token", text[..^2]));
        Assert.Null(vault.Reveal("token", "secret"));
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
    }

    private SecretVault NewVault() => new(() => KeyRing.Open(_ring), _time);

    private sealed class Ring : IXmlRepository
    {
        public List<XElement> Elements { get; } = [];

        /// <summary>The next read finds nothing, as before another silo has written.</summary>
        public bool HideOnce { get; set; }

        public IReadOnlyCollection<XElement> GetAllElements()
        {
            var hidden = HideOnce;
            HideOnce = false;
            return hidden ? [] : [.. Elements];
        }

        public void StoreElement(XElement element, string friendlyName) => Elements.Add(element);
    }
}
