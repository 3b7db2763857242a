using System.Text;
using FlowGpt.Grains.Interfaces.Addresses;

namespace FlowGpt.Tests.Unit.Addresses;

public sealed class TextSealerTests
{
    private static readonly AddressKey First = new(1, [.. Enumerable.Repeat((byte)7, 32)]);
    private static readonly AddressKey Second = new(2, [.. Enumerable.Repeat((byte)9, 32)]);

    [Fact]
    public void Open_WhatWasSealed_GivesTheText()
    {
        var made = new TextSealer(new AddressKeys([First])).Seal("Hé"u8, "key1");

        Assert.Equal("Hé", Encoding.UTF8.GetString(new TextSealer(new AddressKeys([First, Second])).Open(made, "key1")!));
        Assert.Null(new TextSealer(new AddressKeys([Second])).Open(made, "key1"));
        Assert.Null(new TextSealer(new AddressKeys([First])).Open(made, "key2"));
    }

    [Fact]
    public void Open_AnyOtherText_GivesNothing()
    {
        var sealer = new TextSealer(new AddressKeys([First]));
        var made = sealer.Seal("text"u8, "key1");

        for (var i = 0; i < made.Length; i++)
        {
            var changed = made[..i] + (made[i] == 'A' ? 'B' : 'A') + made[(i + 1)..];
            Assert.Null(sealer.Open(changed, "key1"));
        }

        Assert.Null(sealer.Open("", "key1"));
        Assert.Null(sealer.Open("not base64!", "key1"));
    }
}
